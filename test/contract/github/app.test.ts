import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GithubApi } from '../../../src/adapters/github/api.ts';
import { installationCredentials } from '../../../src/adapters/github/installation-credentials.ts';
import { FakeGithub } from '../../support/fake-github/fake-github.ts';
import { address, ShownGithub, shown } from '../../support/github-channel.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const others = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = (key: typeof keys.privateKey, type: 'pkcs1' | 'pkcs8') =>
  key.export({ type, format: 'pem' }).toString();

let fake: FakeGithub;
beforeEach(async () => {
  fake = await FakeGithub.start();
  fake.addRepository('acme/shop');
  fake.addRepository('acme/other');
  const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  fake.addApp({ id: 123456, publicKey, installations: new Map([['acme/shop', 77]]) });
});
afterEach(async () => {
  await fake.close();
  expect(fake.violations).toEqual([]);
});

const apiOf = (privateKey = pem(keys.privateKey, 'pkcs1'), installationId?: number) =>
  new GithubApi({
    apiUrl: fake.url,
    identity: {
      kind: 'app',
      id: 123456,
      privateKey,
      ...(installationId !== undefined && { installationId }),
    },
  });
const asked = (part: string) => fake.requests.filter(({ route }) => route.includes(part)).length;

describe('a GitHub App', () => {
  it.each(['pkcs1', 'pkcs8'] as const)(
    'with a %s key tells deployments, with one token for all',
    async (type) => {
      const github = new ShownGithub(fake, { api: apiOf(pem(keys.privateKey, type)) });
      await github.show({});
      await github.show({ state: 'succeeded', release: 12 });
      expect(shown(fake)[0]).toBe('production aaa: queued success');
      expect([asked('{repo}/installation'), asked('access_tokens')]).toEqual([1, 1]);
    },
  );

  it('whose installation is told looks none up', async () => {
    await new ShownGithub(fake, { api: apiOf(undefined, 77) }).show({});
    expect(asked('{repo}/installation')).toBe(0);
  });

  it('whose token was revoked gets a new one, once', async () => {
    const github = new ShownGithub(fake, { api: apiOf() });
    await github.show({});
    for (const token of fake.tokens.values()) token.revoked = true;
    await github.show({ state: 'building' });
    expect(shown(fake)[0]).toBe('production aaa: queued in_progress');
    expect(asked('access_tokens')).toBe(2);
  });

  it('with a key that is not its own needs a person', async () => {
    const github = new ShownGithub(fake, { api: apiOf(pem(others.privateKey, 'pkcs1')) });
    await expect(github.show({})).rejects.toMatchObject({
      needsPerson: true,
      message: expect.stringContaining('does not accept'),
    });
  });

  it('that is not installed for the repository needs a person', async () => {
    const github = new ShownGithub(fake, { api: apiOf() });
    await expect(github.show({ repository: 'https://127.0.0.1/acme/other' })).rejects.toMatchObject({
      needsPerson: true,
      message: expect.stringContaining('to be installed for this repository'),
    });
  });
});

describe('credentials for git', () => {
  it('are a token that is kept', async () => {
    const credentials = installationCredentials(apiOf());
    const first = await credentials(address);
    expect(first).toEqual({ username: 'x-access-token', password: expect.stringMatching(/^ghs_/) });
    expect(fake.tokens.has(first?.password ?? '')).toBe(true);
    expect(await credentials(address)).toEqual(first);
    expect(asked('access_tokens')).toBe(1);
  });

  it('are new shortly before the end of the old ones', async () => {
    if (fake.app) fake.app.tokenLifeMs = 5 * 60_000;
    const credentials = installationCredentials(apiOf());
    const first = await credentials(address);
    expect((await credentials(address))?.password).not.toBe(first?.password);
  });

  it.each([
    ['ssh', 'git@127.0.0.1:acme/shop.git'],
    ['another host', 'https://github.com/acme/shop.git'],
    ['a path', '/srv/git/acme/shop.git'],
    ['a repository without the App', 'https://127.0.0.1/acme/other.git'],
  ])('are none for %s', async (_, repository) => {
    expect(await installationCredentials(apiOf())(repository)).toBeNull();
  });

  it('are none for a token, which is for telling', async () => {
    const api = new GithubApi({ apiUrl: fake.url, identity: { kind: 'token', token: 'github_pat_x' } });
    expect(await installationCredentials(api)(address)).toBeNull();
  });

  it('are waited for as git is when GitHub does not answer', async () => {
    fake.mood = { status: 502 };
    await expect(installationCredentials(apiOf())(address)).rejects.toMatchObject({
      code: 'SOURCE_UNREACHABLE',
    });
  });
});
