import { describe, expect, it } from 'vitest';
import type { JournalEvent } from '../../../src/domain/journal.ts';
import type { RolloutSpec } from '../../../src/domain/service-spec.ts';
import { type Behaviour, RolloutWorld } from '../../support/rollout-world.ts';
import { rolloutSpec } from '../../support/specs.ts';

const good: Behaviour = {
  bootMs: 100,
  crashAtBoot: [],
  neverHealthy: false,
  failsSmoke: false,
  failShare: 0,
  baselineFailShare: 0,
  dies: null,
  sessionMs: 0,
};

const patient = rolloutSpec({ canary: { minBakeMs: 20_000, maxBakeMs: 60_000, watchMs: 60_000 } });

/** Lets it run until this holds. */
function until(world: RolloutWorld, holds: (world: RolloutWorld) => boolean): RolloutWorld {
  for (let step = 0; step < 60_000; step++) {
    if (holds(world)) return world;
    world.perform(world.plan(), null);
  }
  throw new Error(`it never came to that:\n${world.steps.join('\n')}`);
}

const start = (spec: RolloutSpec, behaviour: Partial<Behaviour> = {}): RolloutWorld =>
  new RolloutWorld(spec, 3, { ...good, ...behaviour });
const serves = (world: RolloutWorld) => world.servers.get('r2-1')?.state === 'ready';
const finished = ({ progress }: RolloutWorld) => progress.phase === 'finished';
const watching = ({ progress }: RolloutWorld) => progress.phase === 'watching';
const held = ({ progress }: RolloutWorld) => progress.held !== null;
const frozen = ({ progress }: RolloutWorld) => progress.frozenSince !== null;
const outcome = (world: RolloutWorld): JournalEvent | undefined =>
  world.journal.map(({ event }) => event).find(({ type }) => type === 'finished');

describe('promote, by a person', () => {
  it('in the canary skips the wait, and the watch is kept', () => {
    const world = until(start(patient), serves);
    world.interruption = { kind: 'promote', given: 1 };
    until(world, watching);
    const began = world.t;
    until(world, finished);
    expect(world.t - began).toBeGreaterThan(60_000);
  });

  it('in the watch ends it', () => {
    const world = until(start(patient), serves);
    world.interruption = { kind: 'promote', given: 1 };
    until(world, watching);
    const began = world.t;
    world.interruption = { kind: 'promote', given: 2 };
    until(world, finished);
    expect(world.t - began).toBeLessThan(10_000);
    expect(outcome(world)).toMatchObject({ outcome: 'succeeded' });
  });
});

describe('held, because the old release fails as well', () => {
  const outage = { failShare: 0.2, baselineFailShare: 0.2 };
  const spec = rolloutSpec({ canary: { watchMs: 5_000 } });

  it('observes anew once that is well again, and forgets what was counted before', () => {
    const world = until(start(spec, outage), held);
    expect(world.progress.held?.cause).toBe('baseline');
    Object.assign(world.behaviour, { failShare: 0, baselineFailShare: 0 });
    until(world, (one) => !held(one));
    expect(world.progress).toMatchObject({ ticks: [], bakedMs: 0, phase: 'canary' });
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'succeeded' });
  });

  it('goes back when it turns out worse than the old one', () => {
    const world = until(start(spec, outage), held);
    world.behaviour.failShare = 1;
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'rolled_back' });
  });

  it('is promoted by evidence when it is what mends the fault', () => {
    const world = until(start(spec, { ...outage, failShare: 0 }), held);
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'succeeded' });
  });

  it('is looked at ever more rarely, at least once a minute', () => {
    const world = until(start(spec, outage), held);
    const since = world.t;
    until(world, ({ t }) => t - since > 3_600_000);
    const looks = world.journal.filter(({ t, event }) => event.type === 'tick' && t > since);
    expect(looks.length).toBeGreaterThan(200);
    expect(looks.length).toBeLessThan(600);
    const pause = (looks.at(-1)?.t ?? 0) - (looks.at(-2)?.t ?? 0);
    expect(pause).toBeGreaterThan(30_000);
    expect(pause).toBeLessThan(62_000);
  });
});

describe('frozen, by a person', () => {
  it.each([
    ['the canary', serves],
    ['the roll', ({ progress }: RolloutWorld) => progress.phase === 'rolling'],
    ['the watch', watching],
  ])('in %s stands still, measures, and goes on where it was', (_when, reached) => {
    const spec = rolloutSpec({ canary: { watchMs: 8_000 } });
    const world = until(start(spec), reached);
    world.frozen = 'ada wants to look';
    until(world, frozen);
    const serving = [...world.servers.values()].map(({ name, state, weight }) => ({ name, state, weight }));
    const since = world.t;
    until(world, ({ t }) => t - since > 120_000);
    expect([...world.servers.values()].map(({ name, state, weight }) => ({ name, state, weight }))).toEqual(
      serving,
    );
    expect(world.progress.ticks.at(-1)?.t).toBeGreaterThan(since + 60_000);
    world.frozen = null;
    until(world, (one) => !frozen(one));
    expect(world.progress.ticks).toEqual([]);
    const thawed = world.t;
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'succeeded' });
    if (reached === watching) expect(world.t - thawed).toBeGreaterThanOrEqual(8_000);
  });

  it('lets a newer push wait, and a rollback or a cancel through', () => {
    const world = until(start(patient), serves);
    world.frozen = 'ada wants to look';
    world.interruption = { kind: 'superseded', by: 'd9' };
    until(world, frozen);
    expect(world.plan().kind).toMatch(/Wait|Analyse/);
    world.interruption = { kind: 'cancel' };
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('onFailure: freeze', () => {
  const spec = rolloutSpec({ onFailure: 'freeze', canary: { watchMs: 8_000 } });

  it.each<[string, Partial<Behaviour>]>([
    ['answers 5xx', { failShare: 1 }],
    ['dies', { dies: { slot: 1, afterMs: 1_500 } }],
    ['fails its smoke request', { failsSmoke: true }],
  ])('stops a release that %s where it is, and a person may roll it back', (_what, behaviour) => {
    const world = until(start(spec, behaviour), frozen);
    expect(world.frozen).toMatch(/^frozen: /);
    expect(world.steps).not.toContain('RollBack');
    const { replicas } = world;
    expect([...replicas.keys()]).toContain('r2-1');
    world.interruption = { kind: 'rollback' };
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'rolled_back' });
  });

  it('goes on with a release that was found bad and is well again, when a person unfreezes it', () => {
    const world = until(start(spec, { failShare: 1 }), frozen);
    world.behaviour.failShare = 0;
    world.frozen = null;
    until(world, finished);
    expect(outcome(world)).toMatchObject({ outcome: 'succeeded' });
  });
});
