import { join } from 'node:path';
import Docker from 'dockerode';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AppRepository, createAppRepository } from '../support/app-repository.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { servingRelease, startLoad } from '../support/load.ts';
import { commitShop, type Shop, shopApps } from '../support/several-services.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';

const docker = new Docker();
let repository: AppRepository;
let siskin: TestSiskin;
let apiHost: string;

/** siskin.yaml's `apps` with these services only, and their routes. */
function appsWith(app: string, names: readonly string[]) {
  const { services, environments, ...rest } = shopApps(app, repository)[app] ?? {};
  const { branch, routes } = environments?.production ?? {};
  const named = Object.entries(services ?? {}).filter(([name]) => names.includes(name));
  const led = (routes ?? []).filter(({ service }) => names.includes(service));
  const production = { branch, routes: led };
  return { [app]: { ...rest, services: Object.fromEntries(named), environments: { production } } };
}

const shop = (release: string, change: Partial<Shop> = {}): Shop => ({
  web: { release },
  api: { release },
  ...change,
});
const push = async (wanted: Shop): Promise<string> =>
  (await siskin.push(await commitShop(repository, wanted))).deployment;
const endOf = async (wanted: Shop) => await siskin.ended(await push(wanted));

const containers = async () =>
  (await heldOf(siskin.app)).containers.map((text) => text.replace(`siskin-${siskin.app}-production-`, ''));
const serving = () =>
  Promise.all([servingRelease(siskin.router, siskin.host), servingRelease(siskin.router, apiHost)]);

async function command(name: 'cancel' | 'rollback', body?: unknown): Promise<string | undefined> {
  const path = `/api/v1/apps/${siskin.app}/environments/production/${name}`;
  const answer = await siskin.call('POST', path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return z.object({ deployment: z.string().optional() }).parse(answer.body).deployment;
}

/** Both hosts are used meanwhile, and nothing of them fails. */
async function whileUsed<T>(doing: () => Promise<T>): Promise<T> {
  const hosts = [siskin.host, apiHost];
  const runs = hosts.map((host) =>
    startLoad({ origin: siskin.router, host, ratePerSecond: 60, connections: 16, requests: ['/', 'echo'] }),
  );
  const done = await doing();
  const results = await Promise.all(runs.map((run) => run.stop()));
  expect(results.map(({ failed, errors }) => ({ failed, errors }))).toEqual(
    hosts.map(() => ({ failed: 0, errors: [] })),
  );
  return done;
}

describe('an app with several services, by what happens to it', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await startSiskin(repository, (app) => ({ apps: appsWith(app, ['web', 'jobs']) }));
    apiHost = `api.${siskin.host}`;
    expect(await endOf(shop('one')), await siskin.output()).toMatchObject({ state: 'succeeded' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it('a service that is added and bad is gone again; the others are back as they were', async () => {
    await siskin.stop();
    await siskin.start({ apps: appsWith(siskin.app, ['web', 'jobs', 'api']) });
    const before = await heldOf(siskin.app);
    const view = await endOf(shop('bad', { api: { release: 'bad', crashAtBoot: true } }));
    expect(view).toMatchObject({ state: 'rolled_back', reason: expect.stringMatching(/^api: /) });
    expect(await heldOf(siskin.app)).toEqual(before);
    expect(await servingRelease(siskin.router, siskin.host)).toBe('one');
  });

  it('one that is good serves beside the others', async () => {
    expect(await endOf(shop('two')), await siskin.output()).toMatchObject({ state: 'succeeded' });
    expect(await serving()).toEqual(['two', 'two']);
  });

  it('is cancelled in mid-canary: all as before, nothing dropped', async () => {
    const before = await heldOf(siskin.app);
    const view = await whileUsed(async () => {
      const id = await push(shop('cancelled', { patient: true }));
      await siskin.journaled(id, { type: 'tick', service: 'web' });
      await command('cancel');
      return await siskin.ended(id);
    });
    expect(view).toMatchObject({ state: 'cancelled' });
    expect(await heldOf(siskin.app)).toEqual(before);
    expect(await serving()).toEqual(['two', 'two']);
  });

  it('is superseded in mid-canary by a newer push, nothing dropped', async () => {
    await whileUsed(async () => {
      const first = await push(shop('superseded', { patient: true }));
      await siskin.journaled(first, { type: 'tick', service: 'web' });
      const second = await push(shop('three'));
      expect(await siskin.ended(first)).toMatchObject({ state: 'superseded' });
      expect(await siskin.ended(second)).toMatchObject({ state: 'succeeded' });
    });
    expect(await serving()).toEqual(['three', 'three']);
  });

  it('a replica and a worker that are removed by hand come back with the same release', async () => {
    const before = await containers();
    const lost = before.filter((text) => /^(api|jobs)-r\d+-1 /.test(text)).map((text) => text.split(' ')[0]);
    expect(lost).toHaveLength(2);
    const events = await docker.getEvents({
      filters: { type: ['container'], event: ['start'], label: [`siskin.app=${siskin.app}`] },
    });
    for (const name of lost)
      await docker.getContainer(`siskin-${siskin.app}-production-${name}`).remove({ force: true });
    for await (const _start of events) if ((await containers()).join() === before.join()) break;
    expect(await containers()).toEqual(before);
  });

  it('threat 27: when Redis was flushed, all services are known again, and nothing is dropped', async () => {
    // api-r3-1
    const [, baseline] = ((await containers())[0] ?? '').split('-');
    await whileUsed(async () => {
      const redis = new Redis({ path: join(siskin.dataDir, 'run', 'redis.sock') });
      await redis.flushall();
      redis.disconnect();
      const view = await endOf(shop('four'));
      expect(view, await siskin.output()).toMatchObject({ state: 'succeeded', baseline });
    });
    expect(await serving()).toEqual(['four', 'four']);
    expect(await containers()).toHaveLength(5);
  });

  it('goes back to a release that is named, as a whole', async () => {
    const [before] = (await heldOf(siskin.app)).images
      .flatMap((image) => /-api:(r\d+)$/.exec(image)?.[1] ?? [])
      .sort((a, b) => Number(a.slice(1)) - Number(b.slice(1)));
    const id = await whileUsed(async () => {
      const deployment = (await command('rollback', { release: before })) ?? '';
      expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded', release: before });
      return deployment;
    });
    expect(id).not.toBe('');
    expect(await serving()).toEqual(['two', 'two']);
    expect(await containers()).toContain(`jobs-${before}-1 running`);
  });
});
