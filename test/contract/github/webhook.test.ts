import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { checkConfig } from '../../../src/cli/doctor/config.ts';
import { checkGithub } from '../../../src/cli/doctor/github.ts';
import { runCliHere } from '../../support/cli-in-process.ts';
import { FakeGithub } from '../../support/fake-github/fake-github.ts';
import type { FakeRepository } from '../../support/fake-github/state.ts';
import { address, token } from '../../support/github-channel.ts';
import { shaOf } from '../../support/github-notice.ts';
import { startReceiver, testSecret } from '../../support/github-receiver.ts';

let fake: FakeGithub;
let shop: FakeRepository;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let folder = '';
const file = () => join(folder, 'siskin.yaml');
beforeEach(async () => {
  fake = await FakeGithub.start();
  shop = fake.addRepository('acme/shop');
  fake.addToken(token);
  const environments = [{ environment: 'production', branch: 'release', forcedPushes: 'allow' as const }];
  receiver = await startReceiver({ apps: () => [{ app: 'shop', repository: address, environments }] });
  folder = mkdtempSync(join(tmpdir(), 'sk-'));
  configure();
});
afterEach(async () => {
  await receiver.close();
  await fake.close();
  rmSync(folder, { recursive: true });
  expect(fake.violations).toEqual([]);
});

function configure(github: Record<string, unknown> = {}, more: Record<string, unknown> = {}): void {
  const environments = { production: { branch: 'release' } };
  const config = {
    server: { publicUrl: new URL(receiver.url).origin },
    github: { webhookSecret: testSecret, token, apiUrl: fake.url, ...github },
    apps: { shop: { repo: address, service: 'web', environments } },
    ...more,
  };
  writeFileSync(file(), stringify(JSON.parse(JSON.stringify(config))));
}
const siskin = (...args: string[]) => runCliHere(file(), args);
const json = async (...args: string[]): Promise<unknown> =>
  JSON.parse((await siskin(...args, '--json')).output);
const bodies = (route: string) =>
  fake.requests.filter((one) => one.route.startsWith(route)).map(({ body }) => body);

describe('siskin webhook register', () => {
  it('creates the hook with its secret, and GitHub pings it', async () => {
    const { exitCode, output } = await siskin('webhook', 'register', 'shop');
    expect([exitCode, output]).toEqual([0, expect.stringContaining('acme/shop: the webhook was created')]);
    expect(bodies('POST')).toEqual([
      {
        name: 'web',
        active: true,
        events: ['push'],
        config: { url: receiver.url, content_type: 'json', secret: testSecret, insecure_ssl: '0' },
      },
    ]);
    await fake.settled();
    expect(shop.hooks[0]?.deliveries).toMatchObject([{ event: 'ping', statusCode: 200 }]);
    expect(output).not.toContain(testSecret);
  });

  it('never makes a second one, and sends the secret each time', async () => {
    await siskin('webhook', 'register', 'shop');
    expect(await json('webhook', 'register', 'shop')).toMatchObject({
      outcome: 'confirmed',
      repaired: [],
      others: 0,
    });
    expect(shop.hooks).toHaveLength(1);
    expect(shop.hooks[0]?.config.secret).toBe(testSecret);
  });

  it('repairs one that was changed by hand, and says what was wrong', async () => {
    await siskin('webhook', 'register', 'shop');
    const [hook] = shop.hooks;
    if (!hook) throw new Error('none');
    Object.assign(hook, { active: false, events: ['issues'] });
    hook.config = {
      url: receiver.url.toUpperCase().replace('/WEBHOOKS/GITHUB', '/webhooks/github/'),
      content_type: 'form',
      insecure_ssl: '1',
    };
    const { output } = await siskin('webhook', 'register', 'shop');
    expect(output.split('\n').slice(0, 6)).toEqual([
      expect.stringContaining('was repaired'),
      '  it was disabled',
      '  it had no push event',
      '  its content type was form',
      '  it had no secret',
      '  certificates were not verified',
    ]);
    expect(shop.hooks).toMatchObject([
      {
        active: true,
        events: ['push'],
        config: { url: receiver.url, content_type: 'json', secret: testSecret, insecure_ssl: '0' },
      },
    ]);
  });

  it('during a rotation gives it the first secret', async () => {
    const next = 'the-next-secret-0123456789';
    configure({ webhookSecret: [next, testSecret] });
    await siskin('webhook', 'register', 'shop');
    expect(shop.hooks[0]?.config.secret).toBe(next);
  });

  it("leaves other people's hooks alone, and tells of more of its own", async () => {
    const config = { url: 'https://ci.example.com/hook', content_type: 'json', insecure_ssl: '0' };
    const other = {
      id: 1,
      active: true,
      events: ['push'],
      config,
      createdAt: new Date().toISOString(),
      deliveries: [],
    };
    shop.hooks.push(
      other,
      { ...other, id: 2, config: { ...config, url: receiver.url } },
      { ...other, id: 3, config: { ...config, url: receiver.url } },
    );
    expect(await json('webhook', 'register', 'shop')).toMatchObject({
      outcome: 'repaired',
      hookId: '2',
      others: 1,
    });
    expect(shop.hooks.map(({ config: { url, secret } }) => [url === receiver.url, secret])).toEqual([
      [false, undefined],
      [true, testSecret],
      [true, undefined],
    ]);
  });
});

describe('siskin webhook list', () => {
  it('shows each delivery with its answer, and why it was ignored', async () => {
    await siskin('webhook', 'register', 'shop');
    await fake.settled();
    await fake.push('acme/shop', shaOf('b'));
    await fake.push('acme/shop', shaOf('c'), { ref: 'refs/heads/main' });
    const [hook] = shop.hooks;
    if (hook) hook.config.secret = 'another-secret-0123456789';
    await fake.push('acme/shop', shaOf('d'));
    if (hook) hook.config.url = receiver.url.replace('/webhooks/github', '/healthz');
    await fake.push('acme/shop', shaOf('e'));
    if (hook) hook.config.url = receiver.url;
    const listed = await json('webhook', 'list', 'shop');
    expect(listed).toMatchObject({
      repository: 'acme/shop',
      hooks: [{ ours: true, active: true, events: ['push'], faults: [] }],
      deliveries: [
        { event: 'push', outcome: 'strange' },
        {
          event: 'push',
          statusCode: 401,
          outcome: 'refused',
          text: expect.stringContaining('SIGNATURE_INVALID'),
        },
        {
          event: 'push',
          statusCode: 200,
          outcome: 'ignored',
          text: 'shop/production other-branch: refs/heads/main is not the tracked branch release.',
        },
        {
          event: 'push',
          statusCode: 202,
          outcome: 'accepted',
          text: 'd1 shop/production',
          id: expect.stringMatching(/^9007199254/),
        },
        { event: 'ping', statusCode: 200, outcome: 'pong' },
      ],
    });
    const { output } = await siskin('webhook', 'list', 'shop', '--limit', '3');
    expect(output).toContain('other-branch: refs/heads/main is not');
    expect(output).not.toContain('d1 shop/production');
  });

  it('says so when there is none', async () => {
    const { exitCode, output } = await siskin('webhook', 'list', 'shop');
    expect([exitCode, output]).toEqual([0, expect.stringContaining('acme/shop has no webhooks')]);
    expect(output).toContain('none leads to');
  });
});

describe('siskin webhook test', () => {
  it('pings and tells what came back', async () => {
    await siskin('webhook', 'register', 'shop');
    await fake.settled();
    const { exitCode, output } = await siskin('webhook', 'test', 'shop');
    expect(exitCode).toBe(0);
    expect(output).toMatch(
      /^asking GitHub to ping .*\nping delivered in \d+\.\d\d s, answered 200: pong, pong\n$/,
    );
  });

  it('fails when nothing answers there', async () => {
    await siskin('webhook', 'register', 'shop');
    await fake.settled();
    await receiver.close();
    const { exitCode, errors } = await siskin('webhook', 'test', 'shop');
    expect([exitCode, errors]).toEqual([
      1,
      expect.stringContaining('unreached: not reached: failed to connect'),
    ]);
    receiver = await startReceiver();
  });

  it('fails without a hook', async () => {
    const { exitCode, errors } = await siskin('webhook', 'test', 'shop');
    expect([exitCode, errors]).toEqual([1, expect.stringContaining('WEBHOOK_MISSING')]);
    expect(errors).toContain('siskin webhook register APP');
  });
});

it('siskin webhook redeliver sends it again with the same GUID, and Siskin knows it', async () => {
  await siskin('webhook', 'register', 'shop');
  await fake.settled();
  const [first] = await fake.push('acme/shop', shaOf('b'));
  const again = await json('webhook', 'redeliver', 'shop', String(first?.id));
  expect(again).toMatchObject({ event: 'push', outcome: 'ignored', text: 'came before: d1 shop/production' });
  expect(shop.hooks[0]?.deliveries.at(-1)).toMatchObject({ guid: first?.guid, redelivery: true });
});

describe('what is missing is named', () => {
  it.each([
    ['an address', {}, { server: {} }, 'GITHUB_NOT_CONFIGURED', 'has no server.publicUrl'],
    ['a secret', { webhookSecret: undefined }, {}, 'GITHUB_NOT_CONFIGURED', 'has no github.webhookSecret'],
    ['a token', { token: undefined }, {}, 'GITHUB_NOT_CONFIGURED', 'has no github.token or github.app'],
    [
      'a repository there',
      { apiUrl: 'https://api.github.com' },
      {},
      'GITHUB_NOT_THERE',
      'is not on the GitHub of',
    ],
  ])('%s', async (_, github, more, code, message) => {
    configure(github, more);
    const { exitCode, errors } = await siskin('webhook', 'register', 'shop');
    expect([exitCode, errors]).toEqual([1, expect.stringContaining(`error ${code}: `)]);
    expect(errors).toContain(message);
  });

  it('an app of that name', async () => {
    expect((await siskin('webhook', 'register', 'shoop')).errors).toContain('its apps: shop');
  });

  it('a permission', async () => {
    fake.addToken(token, ['metadata', 'contents', 'deployments', 'statuses']);
    const { exitCode, errors } = await siskin('webhook', 'register', 'shop');
    expect(exitCode).toBe(1);
    expect(errors).toContain(
      'its token or App needs the permission "Webhooks: read and write" (repository_hooks=read)',
    );
  });

  it('a token that is good', async () => {
    fake.tokens.clear();
    const { exitCode, errors } = await siskin('webhook', 'list', 'shop');
    expect([exitCode, errors]).toEqual([1, expect.stringContaining('GITHUB_TOKEN_REFUSED')]);
    expect(errors).not.toContain(token);
  });
});

describe('siskin doctor', () => {
  const findings = async () => {
    const { subject } = await checkConfig(file(), {});
    return (await checkGithub(subject)).map(({ level, what, detail }) => `${level} ${what} ${detail}`);
  };

  it('says when all is well, and changes nothing there', async () => {
    await siskin('webhook', 'register', 'shop');
    await fake.settled();
    expect(await findings()).toEqual([
      'ok github acme/shop: may be told of deployments',
      'ok webhook acme/shop: the last delivery (ping) was pong: pong',
    ]);
    expect([shop.deployments, shop.commitStatuses]).toEqual([[], []]);
  });

  it('names each missing permission, and a missing hook', async () => {
    fake.addToken(token, ['metadata', 'repository_hooks']);
    expect(await findings()).toEqual([
      expect.stringContaining('fail github GitHub does not let Siskin create a deployment'),
      expect.stringContaining('"Commit statuses: read and write"'),
      expect.stringContaining('fail webhook acme/shop: none leads to'),
    ]);
  });

  it('tells of a hook that does not work', async () => {
    await siskin('webhook', 'register', 'shop');
    await fake.settled();
    const [hook] = shop.hooks;
    if (hook) hook.config.secret = 'another-secret-0123456789';
    await fake.push('acme/shop', shaOf('b'));
    expect((await findings())[1]).toContain('fail webhook acme/shop: the last delivery (push) was refused');
    if (hook) hook.active = false;
    expect((await findings())[1]).toContain('it was disabled');
  });

  it('tells of a revoked token', async () => {
    fake.tokens.clear();
    expect((await findings())[0]).toContain("fail github GitHub does not accept Siskin's token or App");
  });

  it('says that nothing is told without a token', async () => {
    configure({ token: undefined });
    expect(await findings()).toEqual([expect.stringContaining('ok github nothing is told there')]);
  });
});
