import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeServer, fakeServer, runSiskin } from '../../support/app-cli.ts';
import { createSiskinFolder, deployment, events, type Json, json } from '../../support/app-cli-answers.ts';

let server: FakeServer;
let answers: Record<string, RequestListener>;
let folder: string;

beforeEach(async () => {
  answers = {};
  folder = await mkdtemp(join(tmpdir(), 'siskin-cli-'));
  server = await fakeServer((request, response) => {
    const answer = answers[`${request.method} ${request.url}`];
    if (answer) answer(request, response);
    else
      json({ error: { code: 'NOT_FOUND', message: `no ${request.url}`, hint: 'Look again.' } }, 404)(
        request,
        response,
      );
  });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const siskin = (...argv: string[]) =>
  runSiskin(argv, { env: { SISKIN_URL: server.url, SISKIN_TOKEN: 'secret-token' } });

const appsWith = (frozen: Json | null): Json => ({
  apps: [
    {
      app: 'shop',
      repository: 'https://github.com/acme/shop.git',
      environments: [
        {
          environment: 'production',
          branch: 'release',
          routes: [{ host: 'shop.example.com', path: '/' }],
          current: 'r2',
          previous: 'r1',
          wanted: 'd3',
          frozen,
        },
      ],
    },
  ],
});
const apps = appsWith(null);

describe('reading', () => {
  it('apps shows what each environment runs, with the token sent', async () => {
    answers['GET /api/v1/apps'] = json(apps);
    const { code, out } = await siskin('apps');
    expect(code).toBe(0);
    expect(out).toContain(
      'shop  production   release  r2       shop.example.com/  https://github.com/acme/shop.git',
    );
    expect(server.requests[0]?.authorization).toBe('Bearer secret-token');
  });

  const newest = 'GET /api/v1/deployments?app=shop&environment=production&limit=1';

  it('status tells the newest deployment and, below, its reason and what to look at', async () => {
    answers['GET /api/v1/apps'] = json(apps);
    const failed = deployment({ state: 'failed', reason: 'the build failed\nerror TS2322' });
    answers[newest] = json({ deployments: [failed] });
    const { code, out } = await siskin('status', 'shop');
    expect(code).toBe(0);
    expect(out).toMatch(/shop +production +failed +r2 +d3 .* a good change\n/);
    expect(out).toContain('\nshop/production: the build failed  → siskin show d3\n');
  });

  it('status tells what the running canary has counted, and which release it is to replace', async () => {
    answers['GET /api/v1/apps'] = json(apps);
    const running = deployment({ state: 'canary', release: 'r3', finishedAt: null });
    answers[newest] = json({ deployments: [running] });
    answers['GET /api/v1/deployments/d3'] = json(running);
    expect((await siskin('status')).out).toMatch(
      / canary +r2 → r3 +d3 .* 10\/0, old 20\/0 +a good change\n$/,
    );
    const [one] = JSON.parse((await siskin('status', '--json')).out).environments;
    expect(one.canary).toEqual({ requests: 10, failed: 0, baselineRequests: 20, baselineFailed: 0 });
  });

  it('status tells who froze an environment and why, beside the state of its deployment', async () => {
    const frozen = { by: 'ana', reason: 'sale\u001b[2J', at: '2026-01-01T00:00:00.000Z' };
    answers['GET /api/v1/apps'] = json(appsWith(frozen));
    const note =
      /\nshop\/production: frozen by ana, \d+ d ago: sale\\u001b\[2J {2}→ siskin unfreeze shop production\n/;
    for (const [state, cell] of [
      ['succeeded', 'succeeded, frozen'],
      ['frozen', 'frozen'],
    ]) {
      const one = deployment({ state, reason: 'else' });
      answers[newest] = json({ deployments: [one] });
      answers['GET /api/v1/deployments/d3'] = json(one);
      const { out } = await siskin('status');
      expect(out).toMatch(new RegExp(`shop +production +${cell} {2}`));
      expect(out).toMatch(note);
    }
    answers[newest] = json({ deployments: [] });
    expect((await siskin('status')).out).toMatch(/ frozen +r2 +-\n/);
    const { out } = await siskin('status', '--json');
    expect(JSON.parse(out).environments[0].frozen).toEqual(frozen);
  });

  it('status says what to do where nothing was deployed yet', async () => {
    answers['GET /api/v1/apps'] = json(apps);
    answers[newest] = json({ deployments: [] });
    const { out } = await siskin('status');
    expect(out).toContain('not deployed');
    expect(out).toContain('→ siskin deploy shop production\n');
  });

  it.each([
    [['status', 'shpo'], 'There is no app shpo.'],
    [['status', 'shop', 'prod'], 'There is no environment shop/prod.'],
    [['history', 'shop', 'prod'], 'There is no environment shop/prod.'],
  ])('%j names what there is instead', async (argv, message) => {
    answers['GET /api/v1/apps'] = json(apps);
    answers['GET /api/v1/deployments?limit=20&app=shop&environment=prod'] = json({ deployments: [] });
    const { code, err } = await siskin(...argv);
    expect(code).toBe(1);
    expect(err).toBe(`error NOT_FOUND: ${message}\nhint: There are: shop/production.\n`);
  });

  it('history of an environment that was never deployed says how to begin', async () => {
    answers['GET /api/v1/apps'] = json(apps);
    answers['GET /api/v1/deployments?limit=20&app=shop&environment=production'] = json({ deployments: [] });
    const { code, out } = await siskin('history', 'shop', 'production');
    expect(code).toBe(0);
    expect(out).toContain('siskin deploy shop production');
  });

  it('history passes its filter on', async () => {
    answers['GET /api/v1/deployments?limit=5&app=shop&environment=production'] = json({
      deployments: [deployment({})],
    });
    const { out } = await siskin('history', 'shop', 'production', '--limit', '5');
    expect(out).toContain('d3  shop  production   r2       aaaaaaaa  succeeded');
  });

  it('show --json is the API’s answer', async () => {
    answers['GET /api/v1/deployments/d3'] = json(deployment({}));
    const { code, out } = await siskin('show', 'd3', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(deployment({}));
  });

  it('show draws the evidence', async () => {
    answers['GET /api/v1/deployments/d3'] = json(deployment({}));
    const { out } = await siskin('show', 'd3');
    expect(out).toContain('share of requests that failed\n');
    expect(out).toContain('evidence, on a logarithmic scale\n');
    expect(out).toContain('P promoted 1.1 s');
  });

  it('threat 23: show neutralises a hostile commit', async () => {
    answers['GET /api/v1/deployments/d3'] = json(
      deployment({ title: 'fix\u001b[2J\u009b', author: '\u202eeve' }),
    );
    const { out } = await siskin('show', 'd3');
    expect(out.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(out).toContain('fix\\u001b[2J\\u009b');
  });

  it('logs -f reads on across a broken stream, from where it was', async () => {
    answers['GET /api/v1/deployments/d3'] = json(deployment({ state: 'building', finishedAt: null }));
    let calls = 0;
    answers['GET /api/v1/deployments/d3/events'] = (request, response) => {
      calls += 1;
      if (calls === 1) return events([['1', 'log', { line: 'step 1\u001b[31m' }]])(request, response);
      expect(request.headers['last-event-id']).toBe('1');
      return events([
        ['2', 'journal', { t: 1_500, at: '2026-01-01T00:00:00Z', event: { type: 'state', state: 'canary' } }],
        ['3', 'end', { state: 'succeeded', reason: null }],
      ])(request, response);
    };
    const { code, out } = await siskin('logs', 'd3', '-f');
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.trim())).toEqual([
      '│ step 1\\u001b[31m',
      '1.5 s canary',
      'succeeded',
      '',
    ]);
  });

  it('logs without -f ends at what there is', async () => {
    answers['GET /api/v1/deployments/d3'] = json(deployment({ state: 'building', finishedAt: null }));
    answers['GET /api/v1/deployments/d3/events'] = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('id: 1\nevent: log\ndata: {"line":"so far"}\n\n');
    };
    const { code, out } = await siskin('logs', 'd3');
    expect({ code, out: out.trim() }).toEqual({ code: 0, out: '│ so far' });
  });
});

describe('acting', () => {
  const path = '/api/v1/apps/shop/environments/production';

  it('deploy sends what is to be deployed', async () => {
    answers[`POST ${path}/deploy`] = json({ deployment: 'd4', command: null, superseded: null }, 202);
    const sha = 'b'.repeat(40);
    const { code, out } = await siskin('deploy', 'shop', 'production', '--sha', sha);
    expect({ code, out }).toEqual({ code: 0, out: 'd4  follow it with: siskin logs d4 -f\n' });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ sha });
  });

  it.each([
    ['succeeded', 0],
    ['failed', 1],
    ['rolled_back', 1],
    ['superseded', 1],
  ])('deploy --wait: %s exits %s', async (state, code) => {
    answers[`POST ${path}/deploy`] = json({ deployment: 'd3', command: null, superseded: null }, 202);
    answers['GET /api/v1/deployments/d3/events'] = events([['1', 'end', { state, reason: 'because' }]]);
    answers['GET /api/v1/deployments/d3'] = json(deployment({ state, reason: 'because' }));
    const run = await siskin('deploy', 'shop', 'production', '--wait');
    expect(run.code).toBe(code);
    expect(run.err.includes(`error DEPLOYMENT_NOT_SUCCEEDED: d3 is ${state}: because`)).toBe(code === 1);
  });

  it('rollback --wait of a deployment under way worked when it was rolled back', async () => {
    answers[`POST ${path}/rollback`] = json({ deployment: 'd3', command: 'rollback', superseded: null }, 202);
    answers['GET /api/v1/deployments/d3/events'] = events([
      ['1', 'end', { state: 'rolled_back', reason: 'asked' }],
    ]);
    answers['GET /api/v1/deployments/d3'] = json(deployment({ state: 'rolled_back', reason: 'asked' }));
    expect((await siskin('rollback', 'shop', 'production', '--wait')).code).toBe(0);
  });

  it.each(['promote', 'cancel'])('%s goes to the running deployment', async (verb) => {
    answers[`POST ${path}/${verb}`] = json({ deployment: 'd3', command: verb, superseded: null }, 202);
    expect((await siskin(verb, 'shop', 'production')).code).toBe(0);
  });
});

describe('freezing', () => {
  const path = '/api/v1/apps/shop/environments/production';
  const answer = (command: string, one: string | null) =>
    json({ deployment: one, command, superseded: null }, 202);

  it.each([
    [null, 'is frozen; go on with: siskin unfreeze shop production'],
    ['d3', 'is frozen, and d3 with it; go on with: siskin unfreeze shop production'],
  ])('freeze with %s running says what stands still', async (one, said) => {
    answers[`POST ${path}/freeze`] = answer('freeze', one);
    const { code, out } = await siskin('freeze', 'shop', 'production', '--reason', 'sale until six');
    expect({ code, out }).toEqual({ code: 0, out: `shop/production ${said}\n` });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ reason: 'sale until six' });
  });

  it('unfreeze says what goes on; --json is the API’s answer', async () => {
    answers[`POST ${path}/unfreeze`] = answer('unfreeze', 'd3');
    expect((await siskin('unfreeze', 'shop', 'production')).out).toBe(
      'shop/production goes on, and d3 with it\n',
    );
    const { out } = await siskin('unfreeze', 'shop', 'production', '--json');
    expect(JSON.parse(out)).toEqual({ deployment: 'd3', command: 'unfreeze', superseded: null });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({});
  });

  it('a deployment that is not named where one must be is not understood', async () => {
    answers[`POST ${path}/promote`] = answer('promote', null);
    const { code, err } = await siskin('promote', 'shop', 'production');
    expect(code).toBe(1);
    expect(err).toContain('error SERVER_ANSWER_INVALID');
  });
});

describe('what goes wrong', () => {
  it('is said with its code and what to do', async () => {
    const { code, err } = await siskin('show', 'd9');
    expect(code).toBe(1);
    expect(err).toBe('error NOT_FOUND: no /api/v1/deployments/d9\nhint: Look again.\n');
  });

  it('names a server that does not answer', async () => {
    await server.close();
    const { code, err } = await siskin('apps');
    server = await fakeServer(json({}));
    expect(code).toBe(1);
    expect(err).toMatch(/^error SERVER_UNREACHABLE: No answer from http:.*ECONNREFUSED/);
  });

  it.each([
    ['not JSON', (_: unknown, response: Parameters<RequestListener>[1]) => response.end('<html>')],
    ['other fields', json({ apps: [{ name: 'shop' }] })],
    [
      'a redirect',
      (_: unknown, response: Parameters<RequestListener>[1]) => {
        response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end();
      },
    ],
  ])('refuses an answer that is %s', async (_case, answer) => {
    answers['GET /api/v1/apps'] = answer as RequestListener;
    const { code, err, out } = await siskin('apps');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error SERVER_(ANSWER_INVALID|UNREACHABLE): /);
  });

  it.each([
    [['deploy', 'shop', '../x'], 'a name has 1 to 41'],
    [['deploy', 'shop', 'production', '--sha', 'abc'], '40 hexadecimal digits'],
    [['deploy', 'shop', 'production', '--sha', 'a'.repeat(40), '--ref', 'release'], 'cannot be used with'],
    [['show', '42'], 'named like d42'],
    [['rollback', 'shop', 'production', '../12'], 'named like r12'],
    [['rollback', 'shop', 'production', 'abc123'], '7 to 40 digits'],
    [['retry', 'shop', 'a;rm'], 'a name has 1 to 41'],
    [['history', '--limit', '0'], 'from 1 to 200'],
    [['shwo', 'd1'], "unknown command 'shwo'"],
    [['apps', '--url', 'ftp://x'], 'no address of a server'],
  ])('threat 20: refuses %j before asking anybody', async (argv, message) => {
    const { code, err } = await siskin(...argv);
    expect(code).toBe(1);
    expect(err).toContain(message);
    expect(server.requests).toEqual([]);
  });
});

describe('address and token', () => {
  it('come from siskin.yaml and its dataDir for the local server', async () => {
    answers['GET /api/v1/apps'] = json({ apps: [] });
    const config = await createSiskinFolder(folder, server.url, 'local-token');
    const { code, out } = await runSiskin(['apps', '--config', config]);
    expect({ code, out }).toEqual({ code: 0, out: 'No apps: write one into siskin.yaml.\n' });
    expect(server.requests[0]?.authorization).toBe('Bearer local-token');
  });

  it('keep the local token from a server named otherwise', async () => {
    answers['GET /api/v1/apps'] = json({ apps: [] });
    const config = await createSiskinFolder(folder, server.url, 'local-token');
    await runSiskin(['apps', '--config', config, '--url', server.url]);
    expect(server.requests[0]?.authorization).toBeUndefined();
  });

  it('may be a file; one that holds no token is refused', async () => {
    const file = join(folder, 'token');
    await writeFile(file, 'from-file\n');
    answers['GET /api/v1/apps'] = json({ apps: [] });
    expect((await runSiskin(['apps', '--url', server.url, '--token-file', file])).code).toBe(0);
    expect(server.requests[0]?.authorization).toBe('Bearer from-file');
    await writeFile(file, 'two\nlines\n');
    const { code, err } = await runSiskin(['apps', '--url', server.url, '--token-file', file]);
    expect(code).toBe(1);
    expect(err).toContain('error TOKEN_UNREADABLE');
    expect(err).not.toContain('two');
  });
});

describe('help', () => {
  const verbs =
    'apps status history show logs deploy promote cancel retry rollback freeze unfreeze doctor'.split(' ');
  it.each([...verbs.map((verb) => [verb]), ['config', 'check'], ['config', 'schema'], ['token', 'new']])(
    'siskin %s %s shows an example',
    async (...words) => {
      const { code, out } = await siskin(...words, '--help');
      expect(code).toBe(0);
      expect(out).toContain(`\nExample:\n  $ siskin ${words.join(' ')}`);
    },
  );
});
