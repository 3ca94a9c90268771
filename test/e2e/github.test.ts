import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  createAppRepository,
  type VariantChange,
} from '../support/app-repository.ts';
import { FakeGithub } from '../support/fake-github/fake-github.ts';
import type { FakeDeployment, FakeRepository } from '../support/fake-github/state.ts';
import { type GitOverHttps, serveGitOverHttps } from '../support/git-over-https.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { runCliProcess } from '../support/siskin-cli.ts';

const name = 'acme/shop';
const token = 'github_pat_0123456789';
const webhookSecret = 'a-secret-of-the-tests-0123456789';
const inherited = process.env.GIT_SSL_CAINFO;

let fake: FakeGithub;
let shop: FakeRepository;
let git: GitOverHttps;
let repository: AppRepository;
let siskin: TestSiskin;

const answerSchema = z.object({ deliveries: z.array(z.object({ deployment: z.string() })) });
const golden = (file: string) => new URL(`../golden/github/${file}`, import.meta.url).pathname;

/** Commits, and lets GitHub tell of it. @returns the commit and the deployment that it became */
async function push(behaviour: Behaviour, change: VariantChange = {}): Promise<{ sha: string; id: string }> {
  const sha = await commitVariant(repository, behaviour, change);
  const [delivery] = await fake.push(name, sha, { ref: 'refs/heads/release' });
  expect(delivery?.statusCode).toBe(202);
  const { deliveries } = answerSchema.parse(JSON.parse(delivery?.response.payload ?? ''));
  return { sha, id: deliveries[0]?.deployment ?? '' };
}

const deploymentOf = (sha: string): FakeDeployment | undefined =>
  shop.deployments.findLast((one) => one.sha === sha);
const stateOf = (sha: string): string | undefined => deploymentOf(sha)?.statuses.at(-1)?.state;
const commitOf = (sha: string) => shop.commitStatuses.findLast((one) => one.sha === sha);
const until = (sha: string, state: string, commit: string) =>
  fake.until(() => stateOf(sha) === state && commitOf(sha)?.state === commit);

/** What GitHub was told of a deployment, with what differs from run to run replaced. What was between, depends on how long each stage took. */
function told(sha: string): string {
  const plain = (text: string) =>
    text
      .replaceAll(sha, '<sha>')
      .replaceAll(siskin.api, 'https://deploy.example.com')
      .replaceAll(siskin.app, 'shop')
      .replace(/\bd\d+\b/g, 'd<n>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
      .replace(/\d+(\.\d+)? (s|ms)\b/g, '<n> $2');
  const its = fake.requests.filter(
    ({ route, body, path }) =>
      !route.startsWith('GET') &&
      (path.includes(`/${deploymentOf(sha)?.id}/`) ||
        JSON.stringify(body).includes(sha) ||
        path.includes(sha)),
  );
  const requests = its.map(({ route, body, status }) => ({ route, body, status }));
  const between = (body: unknown) =>
    z.object({ state: z.enum(['in_progress', 'queued']) }).safeParse(body).success;
  const kept = requests.filter(({ body }) => !between(body));
  return `${plain(JSON.stringify(kept, null, 2))}\n`;
}

describe('a deployment on GitHub', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    git = await serveGitOverHttps(repository.path);
    process.env.GIT_SSL_CAINFO = git.certificate;
    fake = await FakeGithub.start();
    shop = fake.addRepository(name, { origin: git.origin, commits: new Set() });
    fake.addToken(token);
    siskin = await startSiskin(repository, (app, api) => ({
      server: { listen: new URL(api).host, publicUrl: api },
      github: { webhookSecret, token, apiUrl: fake.url },
      apps: {
        [app]: {
          repo: `${git.origin}/${name}.git`,
          service: 'web',
          environments: { production: { branch: 'release', routes: [{ host: `${app}.example.com` }] } },
        },
      },
    }));
  });
  afterAll(async () => {
    await siskin?.remove();
    await fake?.close();
    await git?.close();
    await repository?.remove();
    if (inherited === undefined) delete process.env.GIT_SSL_CAINFO;
    else process.env.GIT_SSL_CAINFO = inherited;
  });
  afterEach(() => expect(fake.violations).toEqual([]));

  let serves = '';

  it('siskin webhook register makes the hook, and GitHub reaches Siskin', async () => {
    const { exitCode, output } = await runCliProcess(siskin.configFile, ['webhook', 'register', siskin.app]);
    expect([exitCode, output]).toEqual([0, expect.stringContaining('the webhook was created')]);
    await fake.settled();
    expect(shop.hooks[0]?.deliveries).toMatchObject([{ event: 'ping', statusCode: 200 }]);
  });

  it('a good one ends in success', async () => {
    const { sha, id } = await push({ release: 'one' });
    expect((await siskin.ended(id)).state, await siskin.output()).toBe('succeeded');
    await until(sha, 'success', 'success');
    await expect(told(sha)).toMatchFileSnapshot(golden('e2e-good.txt'));
    serves = sha;
  });

  it('a bad one ends in failure, and the old one stays in success', async () => {
    const { sha, id } = await push({ release: 'smokes', smokeStatus: 500 });
    expect((await siskin.ended(id)).state).toBe('failed');
    await until(sha, 'failure', 'failure');
    await expect(told(sha)).toMatchFileSnapshot(golden('e2e-bad.txt'));
    expect(stateOf(serves)).toBe('success');
  });

  it('a cancelled one is inactive', async () => {
    const { sha, id } = await push({ release: 'slow', bootMs: 20_000 });
    await siskin.reached(id, 'canary');
    await fake.until(() => stateOf(sha) === 'in_progress');
    const path = `/api/v1/apps/${siskin.app}/environments/production/cancel`;
    expect((await siskin.call('POST', path)).status).toBeLessThan(300);
    expect((await siskin.ended(id)).state).toBe('cancelled');
    await until(sha, 'inactive', 'error');
    await expect(told(sha)).toMatchFileSnapshot(golden('e2e-cancelled.txt'));
  });

  it('a superseded one is inactive, and the one after it takes the place of the first', async () => {
    const first = await push({ release: 'slower', bootMs: 20_000 });
    await siskin.reached(first.id, 'canary');
    await fake.until(() => stateOf(first.sha) === 'in_progress' && commitOf(first.sha)?.state === 'pending');
    const second = await push({ release: 'two' });
    expect((await siskin.ended(first.id)).state).toBe('superseded');
    expect((await siskin.ended(second.id)).state).toBe('succeeded');
    await until(first.sha, 'inactive', 'error');
    await until(second.sha, 'success', 'success');
    await fake.until(() => stateOf(serves) === 'inactive');
    await expect(told(first.sha)).toMatchFileSnapshot(golden('e2e-superseded.txt'));
    serves = second.sha;
  });

  it('Siskin killed in between: nothing is made twice', async () => {
    const { sha, id } = await push({ release: 'three' });
    await siskin.reached(id, 'canary');
    await fake.until(() => stateOf(sha) === 'in_progress');
    await siskin.kill();
    await siskin.start();
    expect((await siskin.ended(id)).state).toBe('succeeded');
    await until(sha, 'success', 'success');
    expect(shop.deployments.filter((one) => one.sha === sha)).toHaveLength(1);
    const ends = deploymentOf(sha)?.statuses.filter(({ state }) => state === 'success');
    expect(ends).toHaveLength(1);
    expect(shop.commitStatuses.filter((one) => one.sha === sha).map(({ state }) => state)).toEqual([
      'pending',
      'success',
    ]);
    await fake.until(() => stateOf(serves) === 'inactive');
    serves = sha;
  });

  it('GitHub hangs for the whole deployment: it ends well, and its end is told afterwards', async () => {
    fake.mood = 'hanging';
    const { sha, id } = await push({ release: 'four' });
    expect((await siskin.ended(id)).state).toBe('succeeded');
    expect(deploymentOf(sha)).toBeUndefined();
    fake.mood = 'well';
    await until(sha, 'success', 'success');
    expect(deploymentOf(sha)?.statuses.map(({ state }) => state)).toEqual(['success']);
    await fake.until(() => stateOf(serves) === 'inactive');
  });

  it('a revoked token: it ends well, the log says what is wrong, and a good one tells the rest', async () => {
    const known = fake.tokens.get(token);
    if (known) known.revoked = true;
    const { sha, id } = await push({ release: 'five' });
    expect((await siskin.ended(id)).state).toBe('succeeded');
    const output = await siskin.output();
    expect(output).toContain("GitHub does not accept Siskin's token or App");
    expect(output).not.toContain(token);
    await siskin.stop();
    if (known) known.revoked = false;
    await siskin.start();
    await until(sha, 'success', 'success');
  });

  it('siskin webhook list tells of the accepted ones, and why another was ignored', async () => {
    await fake.push(name, serves, { ref: 'refs/heads/main' });
    const { exitCode, output } = await runCliProcess(siskin.configFile, ['webhook', 'list', siskin.app]);
    expect(exitCode).toBe(0);
    expect(output).toMatch(/push +200 +ignored +\S+\/production other-branch: refs\/heads\/main is not/);
    expect(output).toMatch(new RegExp(`push +202 +accepted +d\\d+ ${siskin.app}/production`));
  });
});
