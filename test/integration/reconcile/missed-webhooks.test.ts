import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HeadWorld } from '../../../src/pipeline/reconcile/ports.ts';
import { startReceiver, testSecret } from '../../support/github-receiver.ts';
import { pushPayload, signedWebhook } from '../../support/github-webhook.ts';
import { ReconcileWorld, shop } from '../../support/reconcile-world.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { pushOf, testAudit } from '../../support/redis-world.ts';

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

describe('a push whose webhook never came', () => {
  it('is recorded once over ten rounds, woken, said in one line and audited', async () => {
    const first = await world.repository.commit({ file: '1' }, 'First');
    await world.deployed(first);
    const second = await world.repository.commit({ file: '2' }, 'Second\n\nwith a story');
    const look = world.looker();
    await look(10);

    expect(await world.targets()).toEqual([second, first]);
    expect((await world.redis.history.list({ ...shop, limit: 50 }))[0]).toMatchObject({
      state: 'queued',
      title: 'Second',
      author: 'Ada Tester',
      actor: { kind: 'siskin', name: 'reconciler' },
      target: { kind: 'branch', forced: false },
    });
    expect((await world.redis.store.environment(shop)).wanted).toBe('d2');
    expect(await world.redis.wakeUps.depth()).toMatchObject({ waiting: 1 });
    expect(world.lines).toMatchObject([
      { message: 'a push was found that no webhook told of', fields: { sha: second, before: first } },
    ]);
    expect(world.actions).toEqual(['push-found']);
    const [audit] = (await world.redis.audit.page({}, 1)).entries;
    expect(audit).toMatchObject({
      action: 'push-found',
      actor: { kind: 'siskin', name: 'reconciler' },
      detail: { delivery: `reconcile:shop/production:${second}` },
    });

    await world.ended(second, 'failed');
    await look(10);
    expect(await world.targets()).toEqual([second, first]);
  });

  it('is recorded once by two reconcilers at the same time', async () => {
    await world.deployed(await world.repository.commit({ file: '1' }));
    const second = await world.repository.commit({ file: '2' });
    const both = [world.looker(), world.looker()];
    for (let round = 0; round < 10; round += 1) await Promise.all(both.map((look) => look()));
    expect(await world.targets()).toHaveLength(2);
    expect((await world.targets())[0]).toBe(second);
    expect(world.actions).toEqual(['push-found']);
  });

  it('is left to a webhook that is late by less than one round', async () => {
    await world.deployed(await world.repository.commit({ file: '1' }));
    const second = await world.repository.commit({ file: '2' });
    const look = world.looker();
    await look();
    await world.redis.ledger.record('', [pushOf('x', { sha: second })], testAudit);
    await look(3);
    expect(await world.targets()).toHaveLength(2);
    expect(world.actions).toEqual([]);
  });

  it('is left to what a person asked for in the very moment in which it was found', async () => {
    await world.deployed(await world.repository.commit({ file: '1' }));
    await world.repository.commit({ file: '2' });
    const { records } = world.reconciler();
    const asks: HeadWorld['records'] = {
      wanted: (one) => records.wanted(one),
      known: (one) => records.known(one),
      ignore: (...args) => records.ignore(...args),
      recordFound: async (push, wanted) => {
        const target = { kind: 'commit' as const, sha: push.sha };
        const actor = { kind: 'api' as const, name: 'ci' };
        const request = { ...shop, branch: 'release', target, actor, from: null, action: 'deploy' };
        await world.redis.ledger.request(request);
        return records.recordFound(push, wanted);
      },
    };
    await world.looker(world.reconciler({ records: asks }))(4);
    expect((await world.targets()).slice(0, 1)).toEqual(['commit']);
    expect(await world.targets()).toHaveLength(2);
    expect(world.actions).toEqual([]);
  });

  it('threat 5: backwards is found too, and said to be forced; or left alone where that is forbidden', async () => {
    const first = await world.repository.commit({ file: '1' });
    const second = await world.repository.commit({ file: '2' });
    await world.deployed(first);
    await world.deployed(second);
    await world.repository.forcePush(first);
    await world.looker(world.reconciler(), [world.app('refuse')])(5);
    expect(await world.targets()).toEqual([second, first]);
    expect(await world.redis.ledger.ignoredHead(shop)).toEqual({
      branch: 'release',
      sha: first,
      reason: 'forced-push-refused',
    });
    await world.repository.forcePush(second);
    const third = await world.repository.commit({ file: '3' });
    await world.looker(world.reconciler(), [world.app('refuse')])(5);
    expect(await world.targets()).toEqual([third, second, first]);
    expect(await world.redis.ledger.ignoredHead(shop)).toBeNull();

    await world.ended(third);
    await world.repository.forcePush(first);
    await world.looker()(5);
    expect((await world.redis.history.list({ ...shop, limit: 50 }))[0]?.target).toEqual({
      kind: 'branch',
      pushedSha: first,
      forced: true,
    });
  });

  it('that asks to be skipped, in its whole message, is left alone', async () => {
    const first = await world.repository.commit({ file: '1' });
    await world.deployed(first);
    const skipped = await world.repository.commit({ file: '2' }, 'Docs\n\nNothing to see. [skip ci]');
    await world.looker()(5);
    expect(await world.targets()).toEqual([first]);
    expect(await world.redis.ledger.ignoredHead(shop)).toMatchObject({
      sha: skipped,
      reason: 'skip-requested',
    });
    expect(world.actions).toEqual(['head-ignored']);
    expect(world.lines).toHaveLength(1);
  });
});

it('a push that the webhook had told of, to be skipped, is not looked into again', async () => {
  const first = await world.repository.commit({ file: '1' });
  await world.deployed(first);
  const after = await world.repository.commit({ file: '2' }, 'Wip [skip ci]');
  const receiver = await startReceiver({ apps: () => [world.app()], ledger: world.redis.ledger });
  const payload = pushPayload({ after, message: 'Wip [skip ci]' });
  expect((await fetch(receiver.url, signedWebhook(testSecret, payload))).status).toBe(200);
  await receiver.close();
  await world.looker()(5);
  expect(await world.targets()).toEqual([first]);
  expect(world.actions).toEqual([]);
});

describe('an environment that was never deployed', () => {
  it('is not deployed unasked; the next push to it is found', async () => {
    const first = await world.repository.commit({ file: '1' });
    await Promise.all([world.looker()(3), world.looker()(3)]);
    expect(await world.targets()).toEqual([]);
    expect(await world.redis.ledger.ignoredHead(shop)).toMatchObject({ sha: first, reason: 'first-sight' });
    const second = await world.repository.commit({ file: '2' });
    await world.looker()(3);
    expect(await world.targets()).toEqual([second]);
    expect(await world.redis.ledger.ignoredHead(shop)).toBeNull();
  });

  it('or whose branch is not there: said once', async () => {
    await world.repository.deleteBranch('release');
    await world.looker()(5);
    expect(world.lines).toMatchObject([{ message: 'the branch is not there; what runs goes on' }]);
    expect(await world.targets()).toEqual([]);
  });
});

it('threat 6: a branch that was deleted leaves what runs alone; made again, it is found', async () => {
  const first = await world.repository.commit({ file: '1' });
  await world.deployed(first);
  await world.repository.deleteBranch('release');
  const look = world.looker();
  await look(5);
  expect(await world.targets()).toEqual([first]);
  await world.repository.branch('release');
  await look(3);
  expect(await world.targets()).toEqual([first]);
  const second = await world.repository.commit({ file: '2' });
  await look(3);
  expect(await world.targets()).toEqual([second, first]);
});

it('a frozen environment’s push is recorded too, and waits there', async () => {
  await world.deployed(await world.repository.commit({ file: '1' }));
  const freeze = { by: 'ana', reason: 'sale', at: new Date().toISOString() };
  await world.redis.history.freeze(shop, freeze, { ...testAudit, action: 'freeze' });
  const second = await world.repository.commit({ file: '2' });
  await world.looker()(3);
  expect((await world.targets())[0]).toBe(second);
});

it('threat 27: a flushed Redis: what serves is no head to bring again, what was pushed since is found', async () => {
  const first = await world.repository.commit({ file: '1' });
  await world.deployed(first);
  await world.redis.context.redis.flushall();
  const second = await world.repository.commit({ file: '2' });
  const look = world.looker();
  await look();
  expect(await world.targets()).toEqual([]);
  // what the worker does from the containers' labels
  const lease = await world.redis.leases.acquire(shop);
  if (!lease) throw new Error('the lease is free');
  const release = await world.redis.store.ensureRelease(lease, {
    ...{ ...shop, sha: first, title: '', author: '', specHash: 'h', deployment: 'd1', createdAt: '' },
    specs: [{ rollout: {} } as never],
  });
  await world.redis.store.setServing(lease, shop, { current: release.release, previous: null });
  await lease.release();
  await look(3);
  expect(await world.targets()).toEqual([second]);
});
