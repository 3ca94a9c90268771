import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { runCli } from '../../src/cli/program.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { verbs } from '../../src/cli/verbs.ts';

export interface CliRun {
  code: number;
  out: string;
  err: string;
}

export interface CliOptions {
  env?: Record<string, string>;
  color?: boolean;
  live?: boolean;
  columns?: number;
  rows?: number;
  interrupted?: AbortSignal;
}

/** An Io that keeps what is written. */
export function memoryIo(options: CliOptions = {}): Io & { out(): string; err(): string } {
  let out = '';
  let err = '';
  return {
    env: options.env ?? {},
    write: (text) => {
      out += text;
    },
    writeError: (text) => {
      err += text;
    },
    color: options.color ?? false,
    live: options.live ?? false,
    columns: options.columns ?? Number.POSITIVE_INFINITY,
    rows: options.rows ?? Number.POSITIVE_INFINITY,
    interrupted: options.interrupted ?? new AbortController().signal,
    out: () => out,
    err: () => err,
  };
}

/** Runs `siskin …` in this process. */
export async function runSiskin(argv: string[], options: CliOptions = {}): Promise<CliRun> {
  const io = memoryIo(options);
  const code = await runCli(argv, io, verbs);
  return { code, out: io.out(), err: io.err() };
}

export interface FakeServer {
  url: string;
  requests: { method: string; path: string; authorization: string | undefined; body: string }[];
  close(): Promise<void>;
}

/** A server on a free port of the loopback that records what it is asked. */
export async function fakeServer(answer: RequestListener): Promise<FakeServer> {
  const requests: FakeServer['requests'] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      const { method = '', url = '', headers } = request;
      requests.push({ method, path: url, authorization: headers.authorization, body });
      answer(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}
