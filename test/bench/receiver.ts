import { randomBytes } from 'node:crypto';
import { Pool } from 'undici';
import { type LoadSample, runLoad } from '../../src/cli/demo/load-run.ts';
import { pushPayload, signedWebhook } from '../support/github-webhook.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { fsyncTimes } from './fsync-times.ts';
import { type ServerAlone, startServerAlone } from './server-alone.ts';
import { percentile } from './statistics.ts';

const ratePerSecond = 200;
const connections = 64;

/** How long GitHub waits for an answer, in ms ("Handling failed webhook deliveries"). */
const gitHubPatienceMs = 10_000;

/** Acknowledgement of signed pushes by `siskin server`, each recorded on disk before its 202. */
export const receiver: Bench = {
  about: `acknowledging ${ratePerSecond} signed pushes a second, each on disk before its 202`,
  async run(options) {
    const server = await startServerAlone();
    try {
      return await measure(server, options);
    } finally {
      await server.remove();
    }
  },
};

async function measure(server: ServerAlone, { quick, note }: BenchOptions): Promise<BenchResult> {
  await push(server, 1_000);
  const durationMs = quick ? 5_000 : 20_000;
  note(`${durationMs / 1000} s of pushes`);
  const { latencies, statuses, requests, skipped } = await push(server, durationMs);
  const sync = await fsyncTimes(server.folder);
  const p50 = percentile(latencies, 0.5);
  const p99 = percentile(latencies, 0.99);
  const row = (name: string, value: number) => [
    name,
    value,
    value / percentile(sync, 0.5),
    value / gitHubPatienceMs,
  ];
  return {
    tables: [
      {
        title: `acknowledgement, ${requests} pushes (${Object.entries(statuses)
          .map(([status, count]) => `${status}: ${count}`)
          .join(', ')})`,
        columns: ['', 'ms', 'in fsyncs', "of GitHub's 10 s"],
        rows: [
          row('p50', p50),
          row('p99', p99),
          row('max', Math.max(...latencies)),
          row('one fsync, p50', percentile(sync, 0.5)),
          row('one fsync, p99', percentile(sync, 0.99)),
        ],
      },
    ],
    failures: [
      ...Object.entries(statuses)
        .filter(([status]) => status !== '202')
        .map(([status, count]) => `${count} pushes were answered ${status}, not 202`),
      ...(skipped > 0 ? [`${skipped} pushes were not sent: too many were under way`] : []),
    ],
    figures: { ratePerSecond, requests, statuses, p50Ms: p50, p99Ms: p99, fsyncP50Ms: percentile(sync, 0.5) },
  };
}

/** Pushes to the tracked branch, each of another commit and delivery, over keep-alive connections. */
async function push(server: ServerAlone, durationMs: number) {
  const pool = new Pool(server.api, { connections, pipelining: 1, headersTimeout: gitHubPatienceMs });
  const latencies: number[] = [];
  const statuses: Record<string, number> = {};
  const send = async (): Promise<LoadSample> => {
    const { method, headers, body } = signedWebhook(server.secret, payload(server.repository));
    const began = performance.now();
    const status = await answerOf(pool, { path: '/webhooks/github', method, headers, body });
    if (status === '202') latencies.push(performance.now() - began);
    statuses[status] = (statuses[status] ?? 0) + 1;
    return { status: status === '202' ? 202 : 0, release: null, error: null };
  };
  const { requests, skipped } = await runLoad(send, { ratePerSecond, durationMs }).done;
  await pool.destroy();
  return { latencies, statuses, requests, skipped };
}

async function answerOf(pool: Pool, request: Parameters<Pool['request']>[0]): Promise<string> {
  try {
    const { statusCode, body } = await pool.request(request);
    await body.dump();
    return String(statusCode);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** About as large as a real one of a few commits: 8 KB. */
const payload = (repository: string): Record<string, unknown> => ({
  ...pushPayload({ repository, after: randomBytes(20).toString('hex') }),
  commits: Array.from({ length: 5 }, (_, index) => ({
    id: randomBytes(20).toString('hex'),
    message: `Change ${index}\n\n${'What it does, and why. '.repeat(30)}`,
    author: { name: 'Ada', email: 'ada@example.com', username: 'ada' },
    added: Array.from({ length: 10 }, (_, file) => `src/shop/part-${file}.ts`),
    removed: [],
    modified: Array.from({ length: 10 }, (_, file) => `test/shop/part-${file}.test.ts`),
  })),
});
