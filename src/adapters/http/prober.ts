import http from 'node:http';
import { isIP } from 'node:net';
import { anySignal } from '../../pipeline/any-signal.ts';
import type { ProbeRequest, Prober } from '../../pipeline/ports.ts';

/** Nobody's health is told in more than this. */
const maxBodyBytes = 64 * 1024;

/**
 * Asks a replica over HTTP at its own address. Every probe has its own connection, so that none is left open
 * when the replica stops; redirects are answers like any other.
 */
export class HttpProber implements Prober {
  probe(request: ProbeRequest, signal: AbortSignal): Promise<{ status: number } | { error: string }> {
    if (isIP(request.address) === 0)
      return Promise.resolve({ error: `"${request.address}" is no container address` });
    return new Promise((resolve) => ask(request, signal, resolve));
  }
}

function ask(
  { address, port, path, timeoutMs }: ProbeRequest,
  outer: AbortSignal,
  resolve: (answer: { status: number } | { error: string }) => void,
): void {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  const { signal, unlink } = anySignal([outer, late.signal]);
  const answer: typeof resolve = (value) => {
    clearTimeout(timer);
    unlink();
    resolve(value);
  };
  const request = http.get(
    {
      host: address,
      port,
      path,
      agent: false,
      signal,
      headers: { 'user-agent': 'siskin-probe', connection: 'close' },
    },
    (response) => {
      let received = 0;
      response.on('data', (chunk: Buffer) => {
        received += chunk.length;
        if (received > maxBodyBytes) {
          answer({ error: `its answer is larger than ${maxBodyBytes / 1024} KiB` });
          request.destroy();
        }
      });
      response.on('end', () => answer({ status: response.statusCode ?? 0 }));
      response.on('error', (error) => answer({ error: sentenceOf(error, signal, timeoutMs) }));
    },
  );
  request.on('error', (error) => answer({ error: sentenceOf(error, signal, timeoutMs) }));
}

function sentenceOf(error: NodeJS.ErrnoException, signal: AbortSignal, timeoutMs: number): string {
  if (signal.aborted) return `no answer within ${timeoutMs} ms`;
  if (error.code === 'ECONNREFUSED') return 'connection refused';
  return error.code ?? error.message;
}
