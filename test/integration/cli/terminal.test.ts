import type { RequestListener } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, runSiskin } from '../../support/app-cli.ts';
import { deployment, type Json, json } from '../../support/app-cli-answers.ts';
import { siskinInTerminal } from '../../support/pty.ts';

const path = '/api/v1/apps/shop/environments/production';
const at = '2026-01-01T00:00:00.000Z';
const entry = (t: number, event: Json): Json => ({
  t,
  at: new Date(Date.parse(at) + t).toISOString(),
  event,
});

let server: FakeServer;
let answers: Record<string, RequestListener>;
let stream: Parameters<RequestListener>[1] | undefined;
let asked: Promise<void>;

beforeEach(async () => {
  let followed = () => {};
  asked = new Promise((resolve) => {
    followed = resolve;
  });
  answers = {
    [`POST ${path}/deploy`]: json({ deployment: 'd3', command: null, superseded: null }, 202),
    [`POST ${path}/promote`]: json({ deployment: 'd3', command: 'promote', superseded: null }, 202),
    'GET /api/v1/deployments/d3': json(deployment({ state: 'canary', finishedAt: null })),
    'GET /api/v1/deployments/d3/events': (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      stream = response;
      followed();
    },
  };
  server = await fakeServer((request, response) => {
    const answer = answers[`${request.method} ${request.url}`];
    if (answer) return answer(request, response);
    json({ error: { code: 'NOT_FOUND', message: `no ${request.url}`, hint: '' } }, 404)(request, response);
  });
});
afterEach(() => server.close());

let id = 0;
const send = (event: string, data: Json): void => {
  id += 1;
  stream?.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
};

const environment = () => ({ SISKIN_URL: server.url, SISKIN_TOKEN: 'secret-token' });
const inTerminal = (...args: string[]) => siskinInTerminal(args, { env: environment() });

describe('deploy --wait on a real terminal', () => {
  it('draws stages, build and counts in place, and ends with what serves', async () => {
    const terminal = inTerminal('deploy', 'shop', 'production', '--wait');
    await asked;
    send('journal', entry(0, { type: 'state', state: 'building' }));
    send('log', { line: '#7 RUN npm ci\u001b[2J' });
    await terminal.shows('│ #7 RUN npm ci\\u001b[2J');
    send('journal', entry(2_000, { type: 'state', state: 'canary' }));
    const policy = { share: 0.25, minBakeMs: 15_000, maxBakeMs: 60_000, watchMs: 1_000, compare: 'baseline' };
    send('journal', entry(2_000, { type: 'rollout-began', baseline: null, policy }));
    const measures = { u: 0.5, v: 0.5, d: 4.5 };
    send('journal', entry(3_000, { type: 'tick', nc: 12, ec: 0, nb: 31, eb: 1, measures }));
    await terminal.shows('31 requests   1 failed (5xx)');
    expect(stripVTControlCharacters(terminal.raw())).toContain('good  ████████░░░░░░░░  50 %');
    answers['GET /api/v1/deployments/d3'] = json(deployment({}));
    send('end', { state: 'succeeded', reason: null });
    await terminal.shows('d3 succeeded after 30.0 s, r2 serves');
    expect(await terminal.ended).toBe(0);
    expect(terminal.raw()).toContain('F\u001b[0J');
  });

  it.each(['deploy', 'promote'])(
    '%s: Ctrl-C leaves the deployment alone, says so, and exits 130',
    async (verb) => {
      const terminal = inTerminal(verb, 'shop', 'production', '--wait');
      await asked;
      send('journal', entry(0, { type: 'state', state: 'canary' }));
      await terminal.shows('canary');
      terminal.type('\u0003');
      expect(await terminal.ended).toBe(130);
      const text = stripVTControlCharacters(terminal.raw());
      expect(text).toContain(
        'error WAIT_INTERRUPTED: Not waited for any longer; d3 goes on, it is canary now.',
      );
      expect(text).toContain('siskin logs d3 -f, end it with siskin cancel shop production');
      expect(server.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    },
  );

  it('a failed deployment exits 1 with its reason', async () => {
    const terminal = inTerminal('deploy', 'shop', 'production', '--wait');
    await asked;
    answers['GET /api/v1/deployments/d3'] = json(deployment({ state: 'failed', reason: 'the build failed' }));
    send('end', { state: 'failed', reason: 'the build failed' });
    expect(await terminal.ended).toBe(1);
    expect(stripVTControlCharacters(terminal.raw())).toContain('d3 is failed: the build failed');
  });
});

describe('colours', () => {
  const apps = { apps: [] };
  const colored = async (args: string[], env: Record<string, string>) => {
    answers['GET /api/v1/deployments?limit=20'] = json({ deployments: [deployment({})] });
    answers['GET /api/v1/apps'] = json(apps);
    const terminal = siskinInTerminal(['history', ...args], { env: { ...environment(), ...env } });
    expect(await terminal.ended).toBe(0);
    return terminal.raw().includes('\u001b[');
  };

  it.each([
    [[], {}, true],
    [['--no-color'], {}, false],
    [[], { NO_COLOR: '1' }, false],
    [[], { TERM: 'dumb' }, false],
    [[], { TERM: 'dumb', FORCE_COLOR: '1' }, true],
    [['--no-color'], { FORCE_COLOR: '1' }, false],
  ])('on a terminal with %j %j: %s', async (args, env, expected) => {
    expect(await colored(args, env)).toBe(expected);
  });

  it('are never in a pipe, nor in JSON', async () => {
    answers['GET /api/v1/deployments?limit=20'] = json({
      deployments: [deployment({ title: 'a\u001b[31m' })],
    });
    for (const args of [['history'], ['history', '--json']]) {
      expect((await runSiskin(args, { env: environment() })).out).not.toContain('\u001b');
    }
  });
});

describe('--wait elsewhere', () => {
  const end: RequestListener = (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end('id: 1\nevent: end\ndata: {"state":"succeeded","reason":null}\n\n');
  };

  it('writes plain lines in a pipe, and one JSON object with --json', async () => {
    answers['GET /api/v1/deployments/d3/events'] = end;
    answers['GET /api/v1/deployments/d3'] = json(deployment({}));
    const plain = await runSiskin(['deploy', 'shop', 'production', '--wait'], { env: environment() });
    expect(plain.out).toBe('d3\n          succeeded\nd3 succeeded after 30.0 s, r2 serves\n');
    const program = await runSiskin(['deploy', 'shop', 'production', '--wait', '--json'], {
      env: environment(),
      live: true,
    });
    expect(JSON.parse(program.out)).toEqual(deployment({}));
  });
});
