import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { servingRelease } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { runCliProcess } from '../support/siskin-cli.ts';

let repository: AppRepository;
let siskin: TestSiskin;

const cli = (...args: string[]) => runCliProcess(siskin.configFile, args);
const push = async (release: string, compose?: string) => {
  const sha = await commitVariant(repository, { release }, compose === undefined ? {} : { compose });
  return { sha, ...(await siskin.push(sha)) };
};
const serving = () => servingRelease(siskin.router, siskin.host);

describe('operating Siskin', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await startSiskin(repository);
    const view = await siskin.ended((await push('one')).deployment);
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r1' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it.each([
    [
      'an unknown key',
      'services:\n  web:\n    build: .\n    replica: 3\n    x-siskin: { port: 3000, health: { path: /healthz } }\n',
      /docker-compose\.yml:4:5 services\.web\.replica/,
    ],
    [
      'an unset variable',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Compose's own syntax
      'services:\n  web:\n    build: .\n    environment: { DB: "${DATABASE_URL}" }\n    x-siskin: { port: 3000, health: { path: /healthz } }\n',
      /docker-compose\.yml:4:\d+ services\.web\.environment\.DB.*DATABASE_URL/,
    ],
    [
      'threat 33: privileged',
      'services:\n  web:\n    build: .\n    privileged: true\n    x-siskin: { port: 3000, health: { path: /healthz } }\n',
      /docker-compose\.yml:4:\d+ services\.web\.privileged/,
    ],
  ])(
    'a Compose file with %s fails the deployment, naming file, line and key',
    async (_name, compose, reason) => {
      const view = await siskin.ended((await push('bad-compose', compose)).deployment);
      expect(view.state).toBe('failed');
      expect(view.reason).toMatch(reason);
      expect(await serving()).toBe('one');
    },
  );

  it('newest wins: a push during the canary supersedes it, and its canary leaves', async () => {
    const compose = await composeText({
      'x-siskin': { canary: { share: '34%', minBake: '20s', maxBake: '60s', watch: '2s' } },
    });
    const older = await push('older', compose);
    await siskin.reached(older.deployment, 'canary');
    const newer = await push('two', await composeText({}));
    expect(await siskin.ended(older.deployment)).toMatchObject({
      state: 'superseded',
      supersededBy: newer.deployment,
    });
    expect(await siskin.ended(newer.deployment)).toMatchObject({ state: 'succeeded' });
    expect(await serving()).toBe('two');
    expect((await heldOf(siskin.app)).containers).toHaveLength(3);
  });

  it('threats 2, 3 and 4: a replay, also under a new delivery id, and a late old push do nothing', async () => {
    const { sha } = await push('three');
    const delivery = '11111111-2222-4333-8444-555555555555';
    const again = await siskin.push(sha, { delivery });
    expect(await siskin.ended(again.deployment)).toMatchObject({ state: 'succeeded' });
    expect(await siskin.push(sha, { delivery })).toMatchObject({
      status: 200,
      body: { ignored: 'duplicate' },
    });
    const before = await heldOf(siskin.app);
    const renamed = await siskin.push(sha);
    expect(await siskin.ended(renamed.deployment)).toMatchObject({
      state: 'succeeded',
      reason: expect.stringContaining('already serves'),
    });
    const old = await siskin.push(await repository.git('rev-parse', 'HEAD~1'));
    expect(await siskin.ended(old.deployment)).toMatchObject({ state: 'superseded' });
    expect(await heldOf(siskin.app)).toEqual(before);
    expect(await serving()).toBe('three');
  });

  it('threat 5: a forced push backwards is deployed because it is the head now', async () => {
    const head = await repository.git('rev-parse', 'HEAD');
    await repository.git('reset', '--quiet', '--hard', 'HEAD~1');
    const sha = await repository.git('rev-parse', 'HEAD');
    const { deployment } = await siskin.push(sha, { forced: true });
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded', sha });
    expect(await serving()).toBe('two');
    await repository.git('reset', '--quiet', '--hard', head);
  });

  it('siskin rollback goes back to a kept release without a build or a canary', async () => {
    const { exitCode, output } = await cli('rollback', siskin.app, 'production', 'r1', '--wait');
    expect(output).toContain('succeeded');
    expect(exitCode).toBe(0);
    expect(await serving()).toBe('one');
    const last = JSON.parse(
      (await cli('history', siskin.app, 'production', '--limit', '1', '--json')).output,
    );
    const view = await siskin.deployment(last.deployments[0].id);
    expect(view.steps.map(({ name }) => name)).not.toContain('building');
    expect(view.verdict).toMatchObject({ decision: 'promote', evidence: 'skipped' });
    const again = await cli('rollback', siskin.app, 'production', 'r1', '--wait');
    expect(again).toMatchObject({ exitCode: 0, output: expect.stringContaining('already serves') });
    expect(await serving()).toBe('one');
  });

  it('siskin deploy brings the head back; status, show and logs tell of it', async () => {
    const { exitCode } = await cli('deploy', siskin.app, 'production', '--wait');
    expect(exitCode).toBe(0);
    expect(await serving()).toBe('three');
    const status = await cli('status', siskin.app);
    expect(status.output).toMatch(/production/);
    const { deployments } = JSON.parse((await cli('history', siskin.app, '--json')).output);
    const shown = JSON.parse((await cli('show', deployments[0].id, '--json')).output);
    expect(shown).toMatchObject({ state: 'succeeded', app: siskin.app, environment: 'production' });
    expect((await cli('logs', deployments.at(-1).id)).output).toContain('COPY server.mjs');
  });

  it('siskin cancel ends a canary and leaves the old release as it was', async () => {
    const compose = await composeText({
      'x-siskin': { canary: { share: '34%', minBake: '20s', maxBake: '60s', watch: '2s' } },
    });
    const { deployment } = await push('unwanted', compose);
    await siskin.reached(deployment, 'canary');
    expect((await cli('cancel', siskin.app, 'production', '--wait')).exitCode).toBe(0);
    expect(await siskin.deployment(deployment)).toMatchObject({ state: 'cancelled' });
    expect(await serving()).toBe('three');
  });

  it('the test branch goes to the test environment, and a stop order replaces in place', async () => {
    const compose = await composeText({ deploy: { replicas: 2, update_config: { order: 'stop-first' } } });
    for (const release of ['test-one', 'test-two']) {
      const sha = await commitVariant(repository, { release }, { branch: 'test', compose });
      const { deployment } = await siskin.push(sha, { branch: 'test' });
      expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded', environment: 'test' });
    }
    expect(await servingRelease(siskin.router, siskin.testHost)).toBe('test-two');
    expect(await serving()).toBe('three');
  });

  it('knows an app only by a token', async () => {
    const { status } = await fetch(`${siskin.api}/api/v1/apps`);
    expect(status).toBe(401);
  });
});
