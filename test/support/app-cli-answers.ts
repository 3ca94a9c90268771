import { mkdir, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';

export type Json = Record<string, unknown>;

/** Answers with JSON. */
export const json =
  (body: Json, status = 200): RequestListener =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };

/** Answers with these server-sent events, then ends. */
export const events =
  (list: [id: string, event: string, data: Json][]): RequestListener =>
  (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const [id, event, data] of list) {
      response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    }
    response.end();
  };

const tick = (t: number): Json => ({
  ...{ t, nc: 10, ec: 0, nb: 20, eb: 0, u: 0.5, v: 0.9, d: 1.6 },
  source: 'prometheus',
  warmUp: false,
});

/** A deployment as the API shows it. */
export const deployment = (change: Json): Json => ({
  id: 'd3',
  app: 'shop',
  environment: 'production',
  release: 'r2',
  baseline: 'r1',
  branch: 'release',
  target: { kind: 'branch', pushedSha: 'a'.repeat(40), forced: false },
  sha: 'a'.repeat(40),
  title: 'a good change',
  author: 'Ada',
  actor: { kind: 'github', name: 'ada' },
  state: 'succeeded',
  reason: null,
  supersededBy: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.100Z',
  finishedAt: '2026-01-01T00:00:30.000Z',
  steps: [
    {
      name: 'building',
      startedAt: '2026-01-01T00:00:01.000Z',
      endedAt: '2026-01-01T00:00:04.000Z',
      outcome: 'ok',
      detail: null,
    },
  ],
  verdict: {
    decision: 'promote',
    evidence: 'strong',
    reason: 'no worse than the baseline',
    policy: null,
    estimate: null,
    beganAt: 0,
    promotedAt: 1_100,
    rollbackAt: null,
    ticks: [tick(1_000)],
    conditions: [],
  },
  ...change,
});

/** A siskin.yaml whose server is at the URL, with a token in its dataDir. @returns its path */
export async function createSiskinFolder(folder: string, url: string, token: string): Promise<string> {
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'cli-token'), `${token}\n`, { mode: 0o600 });
  const path = join(folder, 'siskin.yaml');
  await writeFile(
    path,
    `dataDir: ./data\nserver: { listen: "${new URL(url).host}" }\ngithub: { webhookSecret: "\${UNSET}" }\n`,
  );
  return path;
}
