import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { servingRelease, startLoad } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { SocketProxy } from '../support/socket-proxy.ts';

let repository: AppRepository;
let siskin: TestSiskin;
let docker: SocketProxy;

describe('outages', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    docker = await SocketProxy.start('/var/run/docker.sock');
    siskin = await startSiskin(repository, { docker: { host: `unix://${docker.path}` } });
    const sha = await commitVariant(repository, { release: 'first' });
    const view = await siskin.ended((await siskin.push(sha)).deployment);
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await docker?.remove();
    await repository?.remove();
  });

  it('Docker down at a push: the deployment waits, says so, and goes on when it is back', async () => {
    await docker.down();
    const sha = await commitVariant(repository, { release: 'waits' });
    const { deployment, status } = await siskin.push(sha);
    expect(status).toBe(202);
    await siskin.logged(deployment, /Docker engine does not answer.*waiting/);
    expect(await servingRelease(siskin.router, siskin.host)).toBe('first');
    await docker.up();
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded' });
  });

  it('Docker down during the canary: nothing is dropped, and the roll goes on when it is back', async () => {
    const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 60 });
    const { deployment } = await siskin.push(await commitVariant(repository, { release: 'interrupted' }));
    await siskin.reached(deployment, 'canary');
    await docker.down();
    await docker.up();
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded' });
    expect(await load.stop()).toMatchObject({ failed: 0 });
  });

  it.each(['canary', 'rolling', 'watching'])(
    'Siskin killed in state %s: traffic goes on, and the deployment is finished after the restart',
    async (state) => {
      const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 60 });
      const compose = await composeText({
        'x-siskin': { canary: { share: '34%', minBake: '2s', maxBake: '4s', watch: '3s' } },
      });
      const sha = await commitVariant(repository, { release: `killed-${state}` }, { compose });
      const { deployment } = await siskin.push(sha);
      await siskin.reached(deployment, state);
      await siskin.kill();
      await siskin.start();
      expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded' });
      expect(await load.stop()).toMatchObject({ failed: 0 });
      const { containers } = await heldOf(siskin.app);
      expect(containers).toHaveLength(3);
      expect(await servingRelease(siskin.router, siskin.host)).toBe(`killed-${state}`);
    },
  );

  it('threat 27: Redis flushed: releases are known again by labels and commits, and nothing is dropped', async () => {
    const before = await siskin.deployment(await pushed('before-flush'));
    expect(before).toMatchObject({ state: 'succeeded' });
    const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 60 });
    await flushRedis(siskin);
    const after = await siskin.deployment(await pushed('after-flush'));
    expect(after, await siskin.output()).toMatchObject({ state: 'succeeded', baseline: before.release });
    expect(number(after.release)).toBe(number(before.release) + 1);
    expect(await load.stop()).toMatchObject({ failed: 0 });
    expect((await heldOf(siskin.app)).containers).toHaveLength(3);
    const path = `/api/v1/apps/${siskin.app}/environments/production/rollback`;
    const back = await siskin.call('POST', path, { release: before.release });
    const { deployment } = z.object({ deployment: z.string() }).parse(back.body);
    expect(number(deployment)).toBeGreaterThan(number(before.id));
    expect(await siskin.ended(deployment)).toMatchObject({ state: 'succeeded', release: before.release });
  });

  it('threat 28: a second Siskin on the same data directory refuses, naming the first', async () => {
    const { exitCode, output } = await siskin.startSecond();
    expect(exitCode).toBe(1);
    expect(output).toContain(`ANOTHER_INSTANCE: another Siskin (process ${siskin.pid()}) already runs`);
  });
});

/** Pushes a release and waits for its end. @returns the deployment's id */
async function pushed(release: string): Promise<string> {
  const { deployment } = await siskin.push(await commitVariant(repository, { release }));
  await siskin.ended(deployment);
  return deployment;
}

async function flushRedis({ dataDir }: TestSiskin): Promise<void> {
  const redis = new Redis({ path: join(dataDir, 'run', 'redis.sock') });
  await redis.flushall();
  redis.disconnect();
}

/** The number of `r12` or `d42`. */
const number = (name: string | null): number => Number(name?.slice(1));
