import { createHash, randomBytes } from 'node:crypto';
import { Agent, type IncomingMessage, request } from 'node:http';
import { type LoadRun, type LoadSample, runLoad, type Send } from './load-run.ts';

export interface HttpLoadOptions {
  /** Loopback origin, e.g. `http://127.0.0.1:8081`. */
  origin: string;
  /** Host header: the route's host name. */
  host: string;
  ratePerSecond: number;
  /** Until stopped when absent. */
  durationMs?: number;
}

/** What the load asks for, in turn: mostly quick reads, some bodies, a few that take seconds. */
export const mix = ['/', '/', 'echo', '/', '/', '/', 'echo', '/', '/version', '/slow'] as const;
export type LoadRequest = (typeof mix)[number];

const requestTimeoutMs = 30_000;
const maxBodyBytes = 64 * 1024;

/**
 * Starts a steady load over keep-alive connections, without dependencies, for the demo.
 * @throws TypeError when the origin is not on the loopback
 */
export function startHttpLoad(options: HttpLoadOptions): LoadRun {
  const origin = loopback(options.origin);
  // Idle connections end here before the router's keep-alive time-out does it: no request races a close.
  const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 4_000, scheduling: 'lifo' });
  const send: Send = (index) => sendOne(agent, origin, options.host, mix[index % mix.length] ?? '/');
  const run = runLoad(send, options);
  void run.done.then(() => agent.destroy());
  return run;
}

/** @throws TypeError for anything but http on this machine: a load generator must not be pointed at others */
export function loopback(origin: string): URL {
  const url = new URL(origin);
  if (url.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) return url;
  throw new TypeError(`the load goes to this machine only, not to ${origin}`);
}

/** A POST body and the answer that proves it arrived whole. */
export function echoBody(bytes = 8_192): { body: Buffer; digest: string } {
  const body = randomBytes(bytes);
  return { body, digest: createHash('sha256').update(body).digest('hex') };
}

function sendOne(agent: Agent, origin: URL, host: string, what: LoadRequest): Promise<LoadSample> {
  const echo = what === 'echo' ? echoBody() : undefined;
  return new Promise((resolve) => {
    const call = request({
      agent,
      host: origin.hostname.replace(/^\[|\]$/g, ''),
      port: origin.port || 80,
      method: echo ? 'POST' : 'GET',
      path: echo ? '/echo' : what,
      headers: echo ? { host, 'content-length': echo.body.length } : { host },
    });
    const deadline = setTimeout(() => call.destroy(new Error('no answer in 30 s')), requestTimeoutMs);
    const end = (sample: LoadSample) => {
      clearTimeout(deadline);
      resolve(sample);
    };
    call.on('response', (response) => readAnswer(response, echo?.digest, end));
    call.on('error', (error) => end({ status: 0, release: null, error: error.message }));
    call.end(echo?.body);
  });
}

function readAnswer(
  response: IncomingMessage,
  digest: string | undefined,
  end: (sample: LoadSample) => void,
): void {
  const release = headerText(response.headers['x-release']);
  let body = '';
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    if (body.length < maxBodyBytes) body += chunk;
  });
  response.on('error', (error) => end({ status: 0, release, error: error.message }));
  response.on('end', () => end(judge(response.statusCode ?? 0, release, body, digest)));
}

const headerText = (value: string | string[] | undefined): string | null =>
  typeof value === 'string' ? value : null;

/** An answer counts as good when its status is and, for a POST, when it proves that the body arrived. */
export function judge(status: number, release: string | null, body: string, digest?: string): LoadSample {
  if (status === 200 && digest !== undefined && body.trim() !== digest) {
    return { status, release, error: 'the answer is not the digest of the body' };
  }
  return { status, release, error: null };
}
