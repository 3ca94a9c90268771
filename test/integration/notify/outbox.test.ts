import { EventEmitter, once } from 'node:events';
import type { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetNoticeJobs, NoticeJobs } from '../../../src/adapters/redis/notice-jobs.ts';
import { RedisOutbox } from '../../../src/adapters/redis/outbox.ts';
import { RedisRetention } from '../../../src/adapters/redis/retention.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import type { Deployment } from '../../../src/domain/deployment.ts';
import { type Notice, noticeOf } from '../../../src/domain/notice/notice.ts';
import type { DeliveryTools, NoticeChannel } from '../../../src/pipeline/notify/ports.ts';
import { type Telling, tell } from '../../../src/pipeline/notify/tell.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { openRedisWorld, pushOf, type RedisWorld, testAudit } from '../../support/redis-world.ts';

let redis: TestRedis;
let world: RedisWorld;
let outbox: RedisOutbox;
let ending: AbortController;
const open: NoticeJobs[] = [];
const key = { app: 'shop', environment: 'production' };

beforeAll(async () => {
  redis = await startRedis({ durable: false });
});
afterAll(() => redis.stop());
beforeEach(async () => {
  world = await openRedisWorld(redis);
  outbox = new RedisOutbox(world.context);
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort(new Error('the test is over'));
  await Promise.all(open.splice(0).map((jobs) => jobs.close()));
  await world.close();
});

/** A channel that keeps what it was shown, and does at each delivery what the test says. */
class Screen implements NoticeChannel {
  readonly name: string;
  readonly pauseMs: number;
  readonly calmPauseMs = 20_000;
  readonly shown: { state: Notice['state']; memory: unknown }[] = [];
  readonly seen = new EventEmitter();
  behave: (notice: Notice, tools: DeliveryTools) => Promise<void> = async (_notice, { remember }) =>
    remember({ times: this.shown.length });

  constructor(name = 'screen', pauseMs = 0) {
    this.name = name;
    this.pauseMs = pauseMs;
  }

  async deliver(notice: Notice, memory: unknown, tools: DeliveryTools): Promise<void> {
    this.shown.push({ state: notice.state, memory });
    this.seen.emit('shown', notice.state);
    await this.behave(notice, tools);
    this.seen.emit('done', notice.state);
  }

  async sees(state: Notice['state']): Promise<void> {
    while (!this.shown.some((one) => one.state === state)) await once(this.seen, 'shown');
  }
}

const source = {
  notice: async (id: string) => {
    const found = await world.history.get(id);
    const standing = await world.history.environment(key);
    return (
      found &&
      noticeOf({
        ...found,
        standing,
        people: await world.history.people(id),
        frozen: standing.frozen,
        repository: 'r',
        environmentUrl: null,
        logTail: await world.history.logTail(id, 5),
      })
    );
  },
};

function telling(channel: NoticeChannel, change: Partial<Telling> = {}): Telling {
  const stop = ending.signal;
  return { channel, channels: [channel.name], outbox, source, clock: systemClock, stop, ...change };
}

async function watch(
  channel: NoticeChannel,
  failures: unknown[] = [],
  retryMs = 20,
  connection?: Redis,
): Promise<NoticeJobs> {
  const jobs = new NoticeJobs(
    world.context,
    await world.connect('commands'),
    connection ?? (await world.connect('queue')),
    channel.name,
    {
      tell: (id) => tell(id, telling(channel)),
      onFailure: async (error, _deployment, count) => {
        failures.push({ error, count });
        return retryMs;
      },
      onError: (error) => failures.push(error),
    },
  );
  open.push(jobs);
  await jobs.ready();
  outbox.follow(await world.connect('subscriber'), (id) => {
    // a closed world's queue is closed too
    if (id !== null) jobs.add(id).catch(() => {});
  });
  return jobs;
}

const push = async (): Promise<string> => {
  const { deployments } = await world.ledger.record('', [pushOf('x')], testAudit);
  return deployments[0]?.deployment ?? '';
};

async function change(id: string, fields: Partial<Deployment>): Promise<void> {
  const lease = await world.leases.acquire(key);
  if (!lease) throw new Error('no lease');
  await world.store.update(lease, id, fields);
  await lease.release();
}

const settled = (id: string) => expect.poll(() => outbox.revision(id), { timeout: 10_000 }).toBeNull();

describe('what changed', () => {
  it('is noted in the write that changes it: a push, a state, the journal, a command, a freeze', async () => {
    const id = await push();
    const after = [await outbox.revision(id)];
    const lease = await world.leases.acquire(key);
    if (!lease) throw new Error('no lease');
    await world.store.update(lease, id, { state: 'fetching' });
    after.push(await outbox.revision(id));
    const at = new Date().toISOString();
    await world.store.append(lease, id, [{ t: 1, at, event: { type: 'run-began' } }]);
    after.push(await outbox.revision(id));
    await world.history.addCommand(id, 'cancel', { ...testAudit, action: 'cancel' });
    after.push(await outbox.revision(id));
    await world.store.setRunning(lease, key, id);
    await world.history.freeze(key, { by: 'ana', reason: 'wait', at }, { ...testAudit, action: 'freeze' });
    after.push(await outbox.revision(id));
    await world.history.unfreeze(key, { ...testAudit, action: 'unfreeze' });
    after.push(await outbox.revision(id));
    expect(after).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await world.history.people(id)).map(({ action }) => action)).toEqual([
      'cancel',
      'freeze',
      'unfreeze',
    ]);
  });

  it('is a change of the deployment before it too: it can do less now', async () => {
    const first = await push();
    const before = await outbox.revision(first);
    await push();
    expect(await outbox.revision(first)).toBe((before ?? 0) + 1);
  });

  it('is forgotten with the deployment', async () => {
    const old = await push();
    const screen = new Screen();
    await outbox.remember(screen.name, old, { ts: '1' });
    await push();
    const tomorrow = new Date(Date.now() + 86_400_000);
    await new RedisRetention(world.context).run({ keep: 1, maxAgeMs: 3_600_000 }, tomorrow);
    expect(await world.history.get(old)).toBeNull();
    await outbox.remember(screen.name, old, { ts: '2' });
    const left = await world.context.redis.keys(`${world.context.keys.deployment(old)}*`);
    expect([left, await outbox.revision(old)]).toEqual([[], null]);
  });
});

describe('a channel', () => {
  it('is shown every deployment until its end, and then never again', async () => {
    const screen = new Screen();
    await watch(screen);
    const id = await push();
    await screen.sees('queued');
    await change(id, { state: 'fetching' });
    await screen.sees('fetching');
    await change(id, { state: 'failed', reason: 'no', finishedAt: new Date().toISOString() });
    await screen.sees('failed');
    await settled(id);
    expect(screen.shown.at(-1)).toEqual({ state: 'failed', memory: { times: screen.shown.length - 1 } });
  });

  it('is not told in between of what is over by the time it listens', async () => {
    const screen = new Screen();
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    screen.behave = () => gate;
    await watch(screen);
    const id = await push();
    await screen.sees('queued');
    for (const state of ['fetching', 'building', 'preparing', 'canary'] as const) await change(id, { state });
    go();
    await screen.sees('canary');
    expect(screen.shown.map(({ state }) => state)).toEqual(['queued', 'canary']);
  });

  it('is left alone for its pause, then told the newest at once', async () => {
    const screen = new Screen('screen', 60_000);
    const id = await push();
    let now = Date.now();
    const clock = { ...systemClock, now: () => new Date(now) };
    expect(await tell(id, telling(screen, { clock }))).toBeNull();
    await change(id, { state: 'fetching' });
    now += 59_000;
    expect(await tell(id, telling(screen, { clock }))).toBe(1_000);
    now += 1_000;
    expect(await tell(id, telling(screen, { clock }))).toBeNull();
    await change(id, { state: 'building' });
    now -= 3_600_000;
    expect(await tell(id, telling(screen, { clock }))).toBeNull();
    expect(screen.shown.map(({ state }) => state)).toEqual(['queued', 'fetching', 'building']);
  });

  it('is told of mere counts in the watch more seldom, and of its end at once', async () => {
    const screen = new Screen('screen', 1_000);
    const id = await push();
    for (const state of ['fetching', 'building', 'preparing', 'rolling', 'watching'] as const)
      await change(id, { state });
    let now = Date.now();
    const clock = { ...systemClock, now: () => new Date(now) };
    await tell(id, telling(screen, { clock }));
    now += 2_000;
    await world.history.addCommand(id, 'promote', testAudit);
    expect(await tell(id, telling(screen, { clock }))).toBe(1_000);
    await change(id, { state: 'rolled_back', reason: 'bad', finishedAt: new Date().toISOString() });
    expect(await tell(id, telling(screen, { clock }))).toBeNull();
    expect(screen.shown.map(({ state }) => state)).toEqual(['watching', 'rolled_back']);
  });

  it('that wants to be left alone is, whatever the deployment', async () => {
    const screen = new Screen();
    await outbox.setQuiet(screen.name, 60_000);
    const wait = await tell(await push(), telling(screen));
    expect(wait).toBeGreaterThan(50_000);
    expect(screen.shown).toEqual([]);
  });

  it('that fails is tried again until it takes it; what it remembered stays', async () => {
    const screen = new Screen();
    const failures: unknown[] = [];
    screen.behave = async (_notice, { remember }) => {
      await remember({ posting: screen.shown.length });
      if (screen.shown.length < 4) throw new Error('503');
    };
    await watch(screen, failures);
    const id = await push();
    await change(id, { state: 'failed', reason: 'no', finishedAt: new Date().toISOString() });
    await settled(id);
    expect(failures).toEqual([1, 2, 3].map((count) => ({ error: new Error('503'), count })));
    expect(screen.shown.map(({ memory }) => memory)).toEqual([
      null,
      { posting: 1 },
      { posting: 2 },
      { posting: 3 },
    ]);
  });

  it('that never answers is given up on in time, and holds no other deployment up', async () => {
    const screen = new Screen();
    screen.behave = () => new Promise(() => {});
    const failed = tell(await push(), telling(screen, { timeoutMs: 50 }));
    await expect(failed).rejects.toThrow('no answer within');
  });

  it('of two keeps a deployment in the outbox until the other knows its end as well', async () => {
    const [quick, slow] = [new Screen('quick'), new Screen('slow')];
    const channels = ['quick', 'slow'];
    const id = await push();
    await change(id, { state: 'failed', reason: 'no', finishedAt: new Date().toISOString() });
    await tell(id, telling(quick, { channels }));
    expect(await outbox.revision(id)).not.toBeNull();
    await tell(id, telling(slow, { channels }));
    expect(await outbox.revision(id)).toBeNull();
  });

  it('is told after a restart what was not told before it, and remembers', async () => {
    const before = new Screen();
    before.behave = async (_notice, { remember }) => remember({ ts: '17.5' });
    const jobs = await watch(before);
    const id = await push();
    await screenDone(before);
    await jobs.close();
    await change(id, { state: 'failed', reason: 'no', finishedAt: new Date().toISOString() });
    const after = new Screen();
    const again = await watch(after);
    for (const one of await outbox.pending()) await again.add(one);
    await settled(id);
    expect(after.shown.at(-1)).toEqual({ state: 'failed', memory: { ts: '17.5' } });
  });

  it('is told at once by one who knows to be alone, whoever died over it', async () => {
    const dead = new Screen();
    dead.behave = () => new Promise(() => {});
    const connection = await world.connect('queue');
    const dying = await watch(dead, [], 20, connection);
    const id = await push();
    await dead.sees('queued');
    connection.disconnect();
    open.splice(open.indexOf(dying), 1);
    await forgetNoticeJobs(world.context, await world.connect('commands'), dead.name);
    const screen = new Screen();
    const jobs = await watch(screen);
    await jobs.add(id);
    await screen.sees('queued');
  });
});

async function screenDone(screen: Screen): Promise<void> {
  await once(screen.seen, 'done');
}
