import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { lookPace } from '../../../src/domain/reconcile/next-look.ts';
import { watchHeads } from '../../../src/pipeline/reconcile/head-watch.ts';
import type { HeadWorld } from '../../../src/pipeline/reconcile/ports.ts';
import { trackedRepositories } from '../../../src/pipeline/reconcile/tracked-repositories.ts';
import { ManualClock } from '../../support/reconcile-clock.ts';
import { ReconcileWorld } from '../../support/reconcile-world.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';

let redis: TestRedis;
let world: ReconcileWorld;
beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await ReconcileWorld.open(redis);
});
afterEach(() => world.close());

describe('the watch', () => {
  it('a repository that does not answer backs off, up to half an hour; others go on', async () => {
    await world.deployed(await world.repository.commit({ file: '1' }));
    const second = await world.repository.commit({ file: '2' });
    const clock = new ManualClock();
    const broken = { ...world.app('allow', world.nowhere), app: 'gone' };
    const stop = new AbortController();
    const watching = watchHeads(world.reconciler({ clock }), [world.app(), broken], stop.signal, {
      pace: lookPace(40_000),
      random: () => 0.5,
    });
    const waited: number[] = [];
    await clock.asleep(2);
    // look by look, until the broken one has waited half an hour
    for (let second = 0; second < 5_400; second += 5) {
      const before = clock.asked.length;
      if (clock.advance(5_000) > 0) await clock.asleep(2);
      waited.push(...clock.asked.slice(before));
    }
    stop.abort();
    await watching;

    const failures = world.lines.filter(({ message }) => message.startsWith('the heads of a repository'));
    expect(failures.map(({ fields }) => fields.failures)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(waited.filter((ms) => ms > 40_000)).toEqual([
      75_000, 155_000, 315_000, 635_000, 1_275_000, 1_795_000, 1_795_000,
    ]);
    expect(waited.filter((ms) => ms === 5_000)).toHaveLength(1);
    expect(waited.filter((ms) => ms === 35_000).length).toBeGreaterThan(140);
    expect((await world.targets())[0]).toBe(second);
    expect(world.actions).toEqual(['push-found']);
  });

  it('goes back to its pace when the repository answers again', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    let answers = false;
    const source: HeadWorld['source'] = {
      heads: () => (answers ? Promise.resolve(new Map()) : Promise.reject(new Error('no answer'))),
      headCommit: () => Promise.reject(new Error('not asked')),
      contains: () => Promise.reject(new Error('not asked')),
    };
    const watching = watchHeads(world.reconciler({ clock, source }), [world.app()], stop.signal, {
      pace: lookPace(40_000),
      random: () => 0.5,
    });
    for (const answering of [false, false, true, true]) {
      await clock.asleep(1);
      answers = answering;
      clock.advance(1_800_000);
    }
    await clock.asleep(1);
    stop.abort();
    await watching;
    expect(clock.asked).toEqual([5_000, 75_000, 155_000, 35_000, 35_000]);
  });

  it('ends at once when it is told to, also in the middle of a look', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    let began = (): void => {};
    const looking = new Promise<void>((resolve) => {
      began = resolve;
    });
    const source: HeadWorld['source'] = {
      heads: (_repository, _branches, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          began();
        }),
      headCommit: () => Promise.reject(new Error('not asked')),
      contains: () => Promise.reject(new Error('not asked')),
    };
    const watching = watchHeads(world.reconciler({ clock, source }), [world.app()], stop.signal, {
      pace: lookPace(40_000),
    });
    await clock.asleep(1);
    clock.advance(10_000);
    await looking;
    stop.abort();
    await watching;
    expect(world.lines).toEqual([]);
  });

  it('asks once for all environments of a repository', async () => {
    const app = world.app();
    const test = { environment: 'test', branch: 'test', forcedPushes: 'allow' as const };
    const apps = [
      { ...app, environments: [...app.environments, test] },
      { ...app, app: 'shop-api' },
    ];
    expect(trackedRepositories(apps)).toMatchObject([
      {
        repository: world.repository.url,
        environments: [
          { app: 'shop', environment: 'production' },
          { app: 'shop', environment: 'test' },
          { app: 'shop-api', environment: 'production' },
        ],
      },
    ]);
    const asked: (readonly string[])[] = [];
    const source: HeadWorld['source'] = {
      heads: (_repository, branches) => {
        asked.push(branches);
        return Promise.resolve(new Map());
      },
      headCommit: () => Promise.reject(new Error('not asked')),
      contains: () => Promise.reject(new Error('not asked')),
    };
    await world.looker(world.reconciler({ source }), apps)();
    expect(asked).toEqual([['release', 'test']]);
  });
});
