import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { load, startLoad } from '../support/load.ts';
import { Production } from '../support/repair-siskin.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';

const docker = new Docker();
const addressOf = (container: string): string => container.split(' ')[1] ?? '';

/**
 * The replicas, that with the highest address first: the engine gives the lowest free one to whoever starts next, so in
 * this order they get other addresses, whatever was before.
 */
const highestFirst = (containers: readonly string[]): string[] =>
  [...containers]
    .sort((a, b) => lastPart(b) - lastPart(a))
    .map((container) => /r\d+-\d+(?= )/.exec(container)?.[0] ?? '');

const lastPart = (container: string): number => Number(addressOf(container).split(/[.:]/)[3]);
const replicas = ['r1-1', 'r1-2', 'r1-3'];
const requests = ['/', 'echo'];

/** What a replica that is killed has under way, at 50 quick requests a second; the others go to other replicas. */
const requestsOfDeadReplicas = 6;
/** Where nobody is there to answer for a while. */
const any = Number.POSITIVE_INFINITY;

let repository: AppRepository;
let siskin: TestSiskin;
let production: Production;

describe('what serves is kept alive', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await startSiskin(repository);
    production = new Production(siskin);
    const compose = await composeText({ 'x-siskin': { canary: { watch: '1s' } } });
    const sha = await commitVariant(repository, { release: 'lives' }, { compose });
    const view = await siskin.ended((await siskin.push(sha)).deployment);
    expect(view, await siskin.output()).toMatchObject({ state: 'succeeded' });
    await production.whole(replicas);
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  /** Breaks something under load, waits until all is whole again, and shows that it is. */
  async function survives(
    what: string,
    breaks: () => Promise<unknown>,
    mayFail = requestsOfDeadReplicas,
  ): Promise<void> {
    const run = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 50, requests });
    while (run.snapshot().requests < 50) await new Promise(setImmediate);
    const began = performance.now();
    await breaks();
    const broken = performance.now();
    await production.whole(replicas);
    const seconds = ((performance.now() - broken) / 1000).toFixed(1);
    const took = ((broken - began) / 1000).toFixed(1);
    const { failed, requests: sent } = await run.stop();
    console.info(
      `${what} (took ${took} s): whole again ${seconds} s later; ${failed} of ${sent} requests failed`,
    );
    expect(failed, what).toBeLessThanOrEqual(mayFail);
    const after = {
      origin: siskin.router,
      host: siskin.host,
      ratePerSecond: 50,
      durationMs: 1_000,
      requests,
    };
    expect(await load(after)).toMatchObject({ failed: 0 });
  }

  it('a removed replica is made anew', async () => {
    const { Id } = await production.container('r1-2').inspect();
    await survives('docker rm -f of one replica', () => production.container('r1-2').remove({ force: true }));
    expect((await production.container('r1-2').inspect()).Id).not.toBe(Id);
  });

  it('a stopped replica is started again, the same container', async () => {
    const { Id } = await production.container('r1-1').inspect();
    await survives('docker stop of one replica', () => production.container('r1-1').stop());
    expect((await production.container('r1-1').inspect()).Id).toBe(Id);
  });

  it('a killed replica comes back', async () => {
    await survives('docker kill of one replica', () => production.container('r1-3').kill());
  });

  it('replicas that have exchanged their addresses', async () => {
    const before = await production.whole(replicas);
    const two = highestFirst(before).slice(-2);
    await survives('two replicas exchange their addresses', async () => {
      for (const replica of two) await production.leaveNetwork(replica);
      for (const replica of two) await production.joinNetwork(replica);
    });
    expect(await production.whole(replicas)).not.toEqual(before);
  });

  it('a replica that was taken out of its network', async () => {
    await survives('docker network disconnect', () => production.leaveNetwork('r1-2'));
  });

  it('all replicas removed at once', async () => {
    await survives(
      'docker rm -f of all replicas',
      () => Promise.all(replicas.map((replica) => production.container(replica).remove({ force: true }))),
      any,
    );
  });

  it('HAProxy killed: it is started again and knows all replicas', async () => {
    await survives('SIGKILL of HAProxy', () => production.killRouter(), any);
  });

  it("containers that no record owns leave: a copy with a replica's labels, a replica of an old release", async () => {
    const { Config, HostConfig, Image } = await production.container('r1-1').inspect();
    const copy = async (name: string, labels: Record<string, string>) => {
      const Labels = { ...Config.Labels, ...labels };
      const made = await docker.createContainer({ name, Image, Labels, Env: Config.Env, HostConfig });
      await made.start();
    };
    await survives('two stray containers', async () => {
      await copy(`${siskin.app}-a-copy`, {});
      await copy(production.containerName('r9-7'), { 'siskin.release': 'r9', 'siskin.slot': '7' });
    });
  });

  it('a replica removed while Siskin was away: its start finds that', async () => {
    await survives('Siskin killed, a replica removed, Siskin started', async () => {
      await siskin.kill();
      await production.container('r1-3').remove({ force: true });
      await siskin.start();
    });
  });

  it('as after a reboot: everything was down, the replicas have other addresses', async () => {
    const before = await production.whole(replicas);
    await survives(
      'Siskin and HAProxy killed, replicas stopped, all started in another order',
      async () => {
        await siskin.kill();
        await production.killRouter();
        const containers = highestFirst(before).map((replica) => production.container(replica));
        await Promise.all(containers.map((container) => container.stop({ t: 1 })));
        for (const container of containers) await container.start();
        await siskin.start();
      },
      any,
    );
    expect(await production.whole(replicas)).not.toEqual(before);
  });

  it('records no deployment', async () => {
    const { body } = await siskin.call('GET', `/api/v1/deployments?app=${siskin.app}`);
    expect(body).toMatchObject({ deployments: [{ state: 'succeeded' }] });
  });
});
