import Docker from 'dockerode';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AppRepository, createAppRepository } from '../support/app-repository.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { servingRelease, startLoad } from '../support/load.ts';
import { commitShop, type Shop, shopApps } from '../support/several-services.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';

const docker = new Docker();
let repository: AppRepository;
let siskin: TestSiskin;
let before: Awaited<ReturnType<typeof heldOf>>;
let apiHost: string;

const push = async (shop: Shop): Promise<string> =>
  (await siskin.push(await commitShop(repository, shop))).deployment;

const load = (host: string) =>
  startLoad({ origin: siskin.router, host, ratePerSecond: 60, connections: 16, requests: ['/', 'echo'] });

/** Deploys a release while both hosts are used. */
async function deploy(shop: Shop) {
  const runs = [load(siskin.host), load(apiHost)] as const;
  const view = await siskin.ended(await push(shop));
  const [web, api] = await Promise.all(runs.map((run) => run.stop()));
  if (!web || !api) throw new Error('both were used');
  return { view, web, api };
}

const serving = () =>
  Promise.all([servingRelease(siskin.router, siskin.host), servingRelease(siskin.router, apiHost)]);

/** `jobs-r1-1 running` of every container. */
const containers = async () =>
  (await heldOf(siskin.app)).containers.map((text) => text.replace(`siskin-${siskin.app}-production-`, ''));

describe('an app with several services', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await startSiskin(repository, (app) => ({ apps: shopApps(app, repository) }));
    apiHost = `api.${siskin.host}`;
    const first = await siskin.ended(await push({ web: { release: 'one' }, api: { release: 'one' } }));
    expect(first, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r1' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });
  beforeEach(async () => {
    before = await heldOf(siskin.app);
  });

  it('is deployed by one push: one release, an image per build, each service in its place', async () => {
    expect(await containers()).toEqual([
      'api-r1-1 running',
      'api-r1-2 running',
      'jobs-r1-1 running',
      'web-r1-1 running',
      'web-r1-2 running',
    ]);
    const { images } = await heldOf(siskin.app);
    const name = `siskin/${siskin.app}-production`;
    expect(images).toEqual([`${name}-api:r1`, `${name}-web:r1`]);
    expect(await serving()).toEqual(['one', 'one']);
  });

  it('rolls them in the order of depends_on, fails no request, and keeps all old ones until the watch ends', async () => {
    const { view, web, api } = await deploy({ web: { release: 'two' }, api: { release: 'two' } });
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r2', baseline: 'r1' });
    expect([web.failed, api.failed]).toEqual([0, 0]);
    expect(await serving()).toEqual(['two', 'two']);
    expect(await containers()).toEqual([
      'api-r2-1 running',
      'api-r2-2 running',
      'jobs-r2-1 running',
      'web-r2-1 running',
      'web-r2-2 running',
    ]);
    const steps = view.steps.map(({ name, service }) => `${service ?? ''} ${name}`);
    const at = (step: string) => steps.indexOf(step);
    expect(at('web Promote')).toBeGreaterThan(-1);
    expect(at('jobs StartReplica r2-1')).toBeGreaterThan(at('web Watch'));
    expect(at('api StartReplica r2-1')).toBeGreaterThan(at('jobs Watch'));
    expect(steps.findIndex((step) => step.includes('RemoveReplica'))).toBeGreaterThan(at('api Watch'));
    expect(steps.filter((step) => step === ' watching')).toHaveLength(1);
  });

  it('goes back as a whole when the api is bad: the front end fails nothing', async () => {
    const { view, web, api } = await deploy({
      web: { release: 'bad' },
      api: { release: 'bad', failShare: 1 },
    });
    expect(view, await siskin.output()).toMatchObject({
      state: 'rolled_back',
      reason: expect.stringMatching(/^api: .*canary requests failed/),
    });
    expect(web.failed).toBe(0);
    expect(web.byRelease.bad?.requests).toBeGreaterThan(0);
    expect(api.failed).toBe(api.failedByRelease.bad);
    expect(await heldOf(siskin.app)).toEqual(before);
    expect(await serving()).toEqual(['two', 'two']);
  });

  it('goes back as a whole when its worker dies', async () => {
    const { view, web, api } = await deploy({
      web: { release: 'dying' },
      api: { release: 'dying' },
      jobs: 'process.exit(3)',
    });
    expect(view).toMatchObject({ state: 'rolled_back', reason: expect.stringMatching(/^jobs: .*code 3/) });
    expect([web.failed, api.failed]).toEqual([0, 0]);
    expect(await heldOf(siskin.app)).toEqual(before);
  });

  it('is finished by the next process when this one is killed between two services', async () => {
    const id = await push({ web: { release: 'three' }, api: { release: 'three' } });
    await siskin.journaled(id, { type: 'service-state', state: 'watching', service: 'web' });
    await siskin.kill();
    await siskin.start();
    expect(await siskin.ended(id)).toMatchObject({ state: 'succeeded' });
    expect(await serving()).toEqual(['three', 'three']);
    expect((await containers()).every((text) => / running$/.test(text))).toBe(true);
  });

  it('is brought back by a person as a whole', async () => {
    const runs = [load(siskin.host), load(apiHost)];
    const { body } = await siskin.call('POST', `/api/v1/apps/${siskin.app}/environments/production/rollback`);
    const { deployment } = body as { deployment: string };
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded', release: 'r2' });
    const results = await Promise.all(runs.map((run) => run.stop()));
    expect(results.map(({ failed }) => failed)).toEqual([0, 0]);
    expect(await serving()).toEqual(['two', 'two']);
    expect(await containers()).toContain('jobs-r2-1 running');
  });

  it('that loses a service keeps its containers until a release without it has succeeded', async () => {
    const { api, web, ...rest } = shopApps(siskin.app, repository)[siskin.app]?.services ?? {};
    expect(Object.keys(rest)).toEqual(['jobs']);
    await siskin.stop();
    const apps = shopApps(siskin.app, repository);
    await siskin.start({ apps: { [siskin.app]: { ...apps[siskin.app], services: { api, web } } } });
    const worker = docker.getContainer(`siskin-${siskin.app}-production-jobs-r2-1`);
    const gone = worker.wait({ condition: 'removed' });

    const bad = { web: { release: 'bad' }, api: { release: 'bad', failShare: 1 }, jobs: null };
    const failed = await deploy(bad);
    expect(failed.view).toMatchObject({ state: 'rolled_back' });
    expect(await containers()).toContain('jobs-r2-1 running');

    const { view } = await deploy({ web: { release: 'four' }, api: { release: 'four' }, jobs: null });
    expect(view, view.reason ?? '').toMatchObject({ state: 'succeeded' });
    await gone;
    const left = await containers();
    expect(left.filter((text) => text.startsWith('jobs'))).toEqual([]);
    expect(left).toHaveLength(4);
    expect(await serving()).toEqual(['four', 'four']);
  });
});
