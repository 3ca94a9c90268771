import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, runSiskin } from '../../support/app-cli.ts';
import { deployment, type Json, json } from '../../support/app-cli-answers.ts';

let server: FakeServer;
let answers: Record<string, RequestListener>;
const path = '/api/v1/apps/shop/environments/production';
const made = json({ deployment: 'd9', command: null, superseded: null }, 202);

beforeEach(async () => {
  answers = { [`POST ${path}/deploy`]: made, [`POST ${path}/rollback`]: made };
  server = await fakeServer((request, response) => {
    const missing = json({ error: { code: 'NOT_FOUND', message: `no ${request.url}`, hint: '' } }, 404);
    (answers[`${request.method} ${request.url}`] ?? missing)(request, response);
  });
});
afterEach(() => server.close());

const siskin = (...argv: string[]) => runSiskin([...argv], { env: { SISKIN_URL: server.url } });
/** What was sent with the last request, if that changed something. */
const sent = (): unknown => {
  const last = server.requests.at(-1);
  return last?.method === 'POST' ? JSON.parse(last.body) : undefined;
};

describe('retry', () => {
  const history = (...deployments: Json[]) => {
    answers['GET /api/v1/deployments?app=shop&environment=production&limit=20'] = json({ deployments });
  };
  const branch = { kind: 'branch', pushedSha: 'b'.repeat(40), forced: false };

  it.each([
    ['the very commit that was fetched', { target: branch, sha: 'c'.repeat(40) }, { sha: 'c'.repeat(40) }],
    ['the head, where nothing was fetched', { target: branch, sha: null }, {}],
    [
      'the commit that was asked for',
      { target: { kind: 'commit', sha: 'd'.repeat(40) }, sha: null },
      { sha: 'd'.repeat(40) },
    ],
    [
      'the release that was asked for',
      { target: { kind: 'release', release: 'r7' }, sha: 'c'.repeat(40) },
      { release: 'r7' },
    ],
  ])('deploys %s again', async (_what, change, body) => {
    history(deployment({ state: 'failed', ...change }), deployment({ id: 'd2', state: 'succeeded' }));
    const { code, out } = await siskin('retry', 'shop', 'production');
    expect({ code, out }).toEqual({ code: 0, out: 'd9  follow it with: siskin logs d9 -f\n' });
    expect(sent()).toEqual(body);
  });

  it.each([
    [
      'one runs, also behind a newer one that ended',
      [{ state: 'cancelled' }, { id: 'd2', state: 'canary' }],
      'RETRY_RUNNING: d2 of shop/production is canary.\nhint: ',
    ],
    ['the newest succeeded', [{}], 'RETRY_NOT_NEEDED: d3 of shop/production succeeded.\nhint: Use --force'],
    ['there was none', [], 'RETRY_NOTHING: shop/production was never deployed.\nhint: '],
  ])('refuses while %s', async (_why, states: Json[], message) => {
    history(...states.map(deployment));
    const { code, err } = await siskin('retry', 'shop', 'production');
    expect(code).toBe(1);
    expect(err).toContain(`error ${message}`);
    expect(sent()).toBeUndefined();
  });

  it('--force deploys again what succeeded; --json is the API’s answer', async () => {
    history(deployment({}));
    const { code, out } = await siskin('retry', 'shop', 'production', '--force', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ deployment: 'd9', command: null, superseded: null });
    expect(sent()).toEqual({ sha: 'a'.repeat(40) });
  });
});

const release = (number: number, sha: string, change: Json = {}): Json => ({
  release: `r${number}`,
  sha: sha.padEnd(40, '0'),
  title: `change ${number}`,
  built: true,
  servedWell: true,
  current: false,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...change,
});
const keep = (...releases: Json[]) => {
  answers[`GET ${path}/releases`] = json({ releases });
};

describe('rollback to a release', () => {
  it.each([
    ['r12', 'r12'],
    ['12', 'r12'],
    ['999999', 'r999999'],
    ['r123456789', 'r123456789'],
  ])('by its number %s, without asking what is kept', async (named, number) => {
    expect((await siskin('rollback', 'shop', 'production', named)).code).toBe(0);
    expect(sent()).toEqual({ release: number });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['4f2c1ab', 'r2'],
    ['4F2C1AB', 'r2'],
    ['4f2c1ab'.padEnd(40, '0'), 'r2'],
    ['1234567', 'r1'],
  ])('by its commit %s', async (named, number) => {
    keep(release(3, '4f2c1aa'), release(2, '4f2c1ab'), release(1, '1234567'));
    expect((await siskin('rollback', 'shop', 'production', named)).code).toBe(0);
    expect(sent()).toEqual({ release: number });
  });

  it('of several of one commit, to the one that has an image', async () => {
    keep(release(3, '4f2c1ab', { built: false }), release(2, '4f2c1ab'));
    await siskin('rollback', 'shop', 'production', '4f2c1ab');
    expect(sent()).toEqual({ release: 'r2' });
  });

  it.each([
    ['unknown', [release(1, 'aaaaaaa')], 'RELEASE_UNKNOWN: No release that is kept has a commit'],
    [
      'without image',
      [release(1, '4f2c1ab', { built: false })],
      'RELEASE_UNKNOWN: r1 of commit 4f2c1ab has no image',
    ],
    [
      'ambiguous',
      [release(3, '4f2c1ab9'), release(2, '4f2c1ab0', { title: 'x\u001b[2J' })],
      'RELEASE_AMBIGUOUS: 4f2c1ab is 2 releases: r3 4f2c1ab90000 change 3; r2 4f2c1ab00000 x\\u001b[2J',
    ],
  ])('refuses a commit that is %s', async (_why, kept, message) => {
    keep(...kept);
    const { code, err } = await siskin('rollback', 'shop', 'production', '4f2c1ab');
    expect(code).toBe(1);
    expect(err).toContain(`error ${message}`);
    expect(sent()).toBeUndefined();
  });
});

describe('history --releases', () => {
  it('shows what is kept, and what serves', async () => {
    keep(
      release(3, '4f2c1ab', { built: false, servedWell: false }),
      release(2, 'bbbbbbb', { current: true }),
      release(1, 'aaaaaaa', { servedWell: false }),
    );
    const { code, out } = await siskin('history', 'shop', 'production', '--releases');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.replace(/\d+ d ago/, 'WHEN'))).toEqual([
      'RELEASE  COMMIT        STATE        WHEN       TITLE',
      'r3       4f2c1ab00000  not built    WHEN  change 3',
      'r2 *     bbbbbbb00000  served well  WHEN  change 2',
      'r1       aaaaaaa00000  built        WHEN  change 1',
      '',
    ]);
  });

  it('needs an environment', async () => {
    const { code, err } = await siskin('history', 'shop', '--releases');
    expect(code).toBe(1);
    expect(err).toContain('error ARGUMENT_INVALID: --releases needs an app and its environment.');
  });
});
