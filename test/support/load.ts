import { Pool, request } from 'undici';
import { echoBody, judge, loopback, mix } from '../../src/cli/demo/load.ts';
import { type LoadResult, type LoadRun, type LoadSample, runLoad } from '../../src/cli/demo/load-run.ts';

export type { LoadResult, LoadRun };

export interface LoadOptions {
  /** Loopback origin of the router. */
  origin: string;
  /** Host header, i.e. the route. */
  host: string;
  ratePerSecond: number;
  /** Milliseconds; until stopped when absent. */
  durationMs?: number;
  /** Keep-alive connections; 128 when absent. */
  connections?: number;
  /** What is asked for in turn; the demo's mix of quick and 3-second reads and POST bodies when absent. */
  requests?: readonly string[];
}

/**
 * Starts a load over keep-alive connections with undici, which (unlike a browser) retries nothing by itself:
 * what fails here failed on the wire. `echo` among the requests is a POST whose answer must be its body's SHA-256.
 */
export function startLoad(options: LoadOptions): LoadRun {
  const origin = loopback(options.origin);
  const requests = options.requests ?? mix;
  const pool = new Pool(origin.origin, {
    connections: options.connections ?? 128,
    pipelining: 1,
    headersTimeout: 30_000,
    bodyTimeout: 30_000,
  });
  const send = (index: number) => sendOne(pool, options.host, requests[index % requests.length] ?? '/');
  const run = runLoad(send, options);
  const done = run.done.then(async (result) => {
    await pool.destroy();
    return result;
  });
  return { snapshot: () => run.snapshot(), stop: () => run.stop().then(() => done), done };
}

/** A load of one duration, from its beginning to its end. */
export const load = (options: LoadOptions & { durationMs: number }): Promise<LoadResult> =>
  startLoad(options).done;

async function sendOne(pool: Pool, host: string, what: string): Promise<LoadSample> {
  const echo = what === 'echo' ? echoBody() : undefined;
  try {
    const answer = await pool.request({
      method: echo ? 'POST' : 'GET',
      path: echo ? '/echo' : what,
      headers: { host },
      body: echo?.body ?? null,
    });
    const release = answer.headers['x-release'];
    const body = await answer.body.text();
    return judge(answer.statusCode, typeof release === 'string' ? release : null, body, echo?.digest);
  } catch (error) {
    return { status: 0, release: null, error: error instanceof Error ? error.message : String(error) };
  }
}

/** The release that answers one request now, by its header; null when none does. (`fetch` may not set Host.) */
export async function servingRelease(origin: string, host: string): Promise<string | null> {
  const answer = await request(loopback(origin), { headers: { host } });
  await answer.body.dump();
  const release = answer.headers['x-release'];
  return typeof release === 'string' ? release : null;
}
