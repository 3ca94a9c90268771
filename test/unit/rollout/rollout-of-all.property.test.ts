import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interruption } from '../../../src/domain/rollout/fleet.ts';
import { RolloutOfAllWorld, type ServiceModel } from '../../support/rollout-of-all-world.ts';
import { type Behaviour, newRelease, oldRelease, type RolloutWorld } from '../../support/rollout-world.ts';
import { rolloutSpec } from '../../support/specs.ts';

const rarely = (weight: number) =>
  fc.oneof({ weight, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() });

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  bootMs: fc.integer({ min: 0, max: 3_000 }),
  crashAtBoot: fc.oneof<fc.MaybeWeightedArbitrary<number[]>[]>(
    { weight: 8, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }) },
  ),
  neverHealthy: rarely(12),
  failsSmoke: rarely(12),
  failShare: fc.constantFrom(0, 0, 0, 0, 0, 0.3, 1),
  baselineFailShare: fc.constantFrom(0, 0, 0, 0, 0.3),
  dies: fc.option(
    fc.record({ slot: fc.integer({ min: 1, max: 3 }), afterMs: fc.integer({ min: 10, max: 90_000 }) }),
    { freq: 3 },
  ),
  sessionMs: fc.integer({ min: 0, max: 40_000 }),
});

const services: fc.Arbitrary<ServiceModel> = fc
  .record({
    oldReplicas: fc.integer({ min: 0, max: 3 }),
    replicas: fc.integer({ min: 1, max: 3 }),
    order: fc.constantFrom<'start-first' | 'stop-first'>('start-first', 'stop-first'),
    parallelism: fc.integer({ min: 1, max: 2 }),
    onFailure: fc.constantFrom<'rollback' | 'freeze'>('rollback', 'rollback', 'rollback', 'freeze'),
    worker: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    behaviour: behaviours,
  })
  .map(({ oldReplicas, behaviour, worker, ...spec }) => ({
    oldReplicas,
    behaviour,
    spec: rolloutSpec({ ...spec, ...(worker && { worker: true as const, port: 0, smoke: [] }) }),
  }));

const scenarios = fc.record({
  services: fc.array(services, { minLength: 2, maxLength: 3 }),
  interruption: fc.option(
    fc.record({
      atStep: fc.integer({ min: 0, max: 200 }),
      what: fc.constantFrom<Interruption>(
        { kind: 'superseded', by: 'd2' },
        { kind: 'cancel' },
        { kind: 'promote', given: 1 },
        { kind: 'rollback' },
      ),
    }),
  ),
  freeze: fc.option(
    fc.record({ atStep: fc.integer({ min: 0, max: 200 }), steps: fc.integer({ min: 1, max: 60 }) }),
    { freq: 2 },
  ),
  deaths: fc.array(fc.tuple(fc.integer({ min: 0, max: 250 }), fc.boolean()), { maxLength: 6 }),
});
type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never;

/** Runs a rollout to its end; what must hold at every instant is looked at after every step. */
function run(scenario: Scenario): RolloutOfAllWorld {
  const world = new RolloutOfAllWorld(scenario.services);
  const deaths = new Map(scenario.deaths);
  for (let count = 0; count < 40_000; count++) {
    if (count === scenario.interruption?.atStep) world.interruption = scenario.interruption.what;
    if (count === scenario.freeze?.atStep) world.frozen ??= 'frozen by a person';
    if (scenario.freeze && count === scenario.freeze.atStep + scenario.freeze.steps) world.frozen = null;
    answerForPerson(world);
    const plan = world.plan();
    expect(plan.length, 'there is always something to do').toBeGreaterThan(0);
    const dies = deaths.get(count);
    keepsWhatServed(world, plan);
    world.perform(plan, dies === undefined ? null : dies ? 'before-effect' : 'after-effect');
    for (const one of world.worlds) expect(one.broken(), world.steps.join('\n')).toBeNull();
    if (world.finished) return world;
  }
  throw new Error(`it never ended:\n${world.steps.slice(-60).join('\n')}`);
}

/** Old containers stay until every service is watched. */
function keepsWhatServed(world: RolloutOfAllWorld, plan: ReturnType<RolloutOfAllWorld['plan']>): void {
  const removesOld = plan.some(
    ({ step }) => step.kind === 'RemoveReplica' && step.replica.startsWith(`r${oldRelease}-`),
  );
  const goesBack = world.worlds.some(({ progress }) => progress.rollBack !== null);
  if (removesOld && !goesBack)
    for (const { progress } of world.worlds) expect(progress.watchingSince).not.toBeNull();
}

/** What waits for a person gets one after a minute: who goes back. */
function answerForPerson(world: RolloutOfAllWorld): void {
  for (const { progress } of world.worlds) {
    const since = progress.frozenSince ?? progress.held?.since ?? null;
    if (since !== null && world.t - since > 60_000) world.interruption = { kind: 'rollback' };
  }
}

const names = (release: number, count: number, suffix: string) =>
  Array.from({ length: count }, (_, index) => `r${release}-${index + 1}${suffix}`).sort();

const inService = (world: RolloutWorld) =>
  world
    .observe()
    .servers.map(({ name, state, weight }) => `${name} ${state} ${weight}`)
    .sort();

function outcomeOf({ journal }: RolloutOfAllWorld): string | undefined {
  const last = journal.map(({ event }) => event).find(({ type }) => type === 'finished');
  return last?.type === 'finished' ? last.outcome : undefined;
}

/** Every service has this release, and nothing else. */
function expectAllOn(world: RolloutOfAllWorld, scenario: Scenario): void {
  const succeeded = outcomeOf(world) === 'succeeded';
  for (const [index, one] of world.worlds.entries()) {
    const { spec, oldReplicas } = scenario.services[index] ?? {};
    const release = succeeded ? newRelease : oldRelease;
    const count = (succeeded ? spec?.replicas : oldReplicas) ?? 0;
    const trail = world.steps.join('\n');
    expect(inService(one), trail).toEqual(names(release, count, ' ready 100'));
    expect([...one.replicas.keys()].sort(), trail).toEqual(names(release, count, ''));
    for (const { status } of one.replicas.values()) expect(status).toBe('running');
  }
}

describe('several services, under failures and kills at any step', () => {
  it('ends with all of them on one release, keeps every promise on the way, and keeps the old until all are watched', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => expectAllOn(run(scenario), scenario)),
      { numRuns: 200 },
    );
  });

  it('succeeds when none of them does anything wrong', () => {
    const good = { crashAtBoot: [], neverHealthy: false, failsSmoke: false, failShare: 0, dies: null };
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const all = scenario.services.map((one) => ({ ...one, behaviour: { ...one.behaviour, ...good } }));
        expect(outcomeOf(run({ ...scenario, services: all, interruption: null }))).toBe('succeeded');
      }),
      { numRuns: 40 },
    );
  });

  it('never succeeds when one of them fails every request, whichever', () => {
    fc.assert(
      fc.property(scenarios, fc.nat(2), (scenario, which) => {
        const bad = which % scenario.services.length;
        const all = scenario.services.map((one, index) =>
          index === bad
            ? {
                ...one,
                behaviour: { ...one.behaviour, failShare: 1 },
                spec: rolloutSpec({ ...one.spec, port: 3000, worker: undefined as never }),
              }
            : one,
        );
        expect(outcomeOf(run({ ...scenario, services: all, interruption: null }))).not.toBe('succeeded');
      }),
      { numRuns: 40 },
    );
  });
});
