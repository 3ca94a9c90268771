import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Interruption } from '../../../src/domain/rollout/fleet.ts';
import { type Behaviour, newRelease, oldRelease, RolloutWorld } from '../../support/rollout-world.ts';
import { rolloutSpec } from '../../support/specs.ts';

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  bootMs: fc.integer({ min: 0, max: 3_000 }),
  crashAtBoot: fc.oneof<fc.MaybeWeightedArbitrary<number[]>[]>(
    { weight: 4, arbitrary: fc.constant<number[]>([]) },
    { weight: 1, arbitrary: fc.uniqueArray(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }) },
  ),
  neverHealthy: fc.oneof(
    { weight: 8, arbitrary: fc.constant(false) },
    { weight: 1, arbitrary: fc.boolean() },
  ),
  failsSmoke: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.boolean() }),
  failShare: fc.constantFrom(0, 0, 0, 0.3, 1),
  baselineFailShare: fc.constantFrom(0, 0, 0, 0.3),
  dies: fc.option(
    fc.record({ slot: fc.integer({ min: 1, max: 5 }), afterMs: fc.integer({ min: 10, max: 60_000 }) }),
    {
      freq: 3,
    },
  ),
  sessionMs: fc.integer({ min: 0, max: 40_000 }),
});

const interruptions: fc.Arbitrary<{ atStep: number; what: Interruption } | null> = fc.option(
  fc.record({
    atStep: fc.integer({ min: 0, max: 80 }),
    what: fc.constantFrom<Interruption>(
      { kind: 'superseded', by: 'd2' },
      { kind: 'cancel' },
      { kind: 'promote', given: 1 },
      { kind: 'rollback' },
    ),
  }),
);

const scenarios = fc.record({
  oldReplicas: fc.integer({ min: 0, max: 5 }),
  replicas: fc.integer({ min: 1, max: 5 }),
  order: fc.constantFrom<'start-first' | 'stop-first'>('start-first', 'stop-first'),
  parallelism: fc.integer({ min: 1, max: 3 }),
  share: fc.constantFrom(0.05, 0.25, 0.5),
  behaviour: behaviours,
  interruption: interruptions,
  /** When a person freezes the environment, and for how many steps. */
  freeze: fc.option(
    fc.record({ atStep: fc.integer({ min: 0, max: 80 }), steps: fc.integer({ min: 1, max: 60 }) }),
  ),
  onFailure: fc.constantFrom<'rollback' | 'freeze'>('rollback', 'rollback', 'freeze'),
  /** At which performed steps the worker dies, and whether before or after the effect. */
  deaths: fc.array(fc.tuple(fc.integer({ min: 0, max: 120 }), fc.boolean()), { maxLength: 6 }),
});
type Scenario = typeof scenarios extends fc.Arbitrary<infer T> ? T : never;

function run(scenario: Scenario): RolloutWorld {
  const { replicas, order, parallelism, share, onFailure } = scenario;
  const spec = rolloutSpec({ replicas, order, parallelism, onFailure, canary: { share } });
  const world = new RolloutWorld(spec, scenario.oldReplicas, scenario.behaviour);
  const deaths = new Map(scenario.deaths);
  for (let count = 0; count < 20_000; count++) {
    if (count === scenario.interruption?.atStep) world.interruption = scenario.interruption.what;
    freezeAndUnfreeze(world, scenario, count);
    answerForPerson(world);
    const step = world.plan();
    const before = deaths.get(count);
    world.perform(step, before === undefined ? null : before ? 'before-effect' : 'after-effect');
    expect(world.broken(), world.steps.join('\n')).toBeNull();
    if (world.progress.phase === 'finished') return world;
  }
  throw new Error(`it never ended:\n${world.steps.join('\n')}\nnext: ${JSON.stringify(world.plan())}`);
}

function freezeAndUnfreeze(world: RolloutWorld, { freeze }: Scenario, count: number): void {
  if (count === freeze?.atStep) world.frozen ??= 'frozen by a person';
  if (freeze && count === freeze.atStep + freeze.steps) world.frozen = null;
}

/** What waits for a person gets one after a minute: who goes back. */
function answerForPerson(world: RolloutWorld): void {
  const { frozenSince, held } = world.progress;
  const since = frozenSince ?? held?.since ?? null;
  if (since !== null && world.t - since > 60_000) world.interruption = { kind: 'rollback' };
}

const inService = (world: RolloutWorld) =>
  [...world.servers.values()].map(({ name, state, weight }) => `${name} ${state} ${weight}`).sort();

const names = (release: number, count: number, suffix: string) =>
  Array.from({ length: count }, (_, index) => `r${release}-${index + 1}${suffix}`).sort();

describe('the planner, under crashes at any step', () => {
  it('ends, keeps its promises on the way, and leaves exactly one release serving', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const world = run(scenario);
        const [release, count] =
          outcomeOf(world) === 'succeeded'
            ? [newRelease, scenario.replicas]
            : [oldRelease, scenario.oldReplicas];
        expect(inService(world)).toEqual(names(release, count, ' ready 100'));
        expect([...world.replicas.keys()].sort()).toEqual(names(release, count, ''));
        for (const { status } of world.replicas.values()) expect(status).toBe('running');
      }),
      { numRuns: 1_000 },
    );
  });

  it('succeeds with a release that does nothing wrong', () => {
    const good = { crashAtBoot: [], neverHealthy: false, failsSmoke: false, failShare: 0, dies: null };
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const behaviour = { ...scenario.behaviour, ...good };
        expect(outcomeOf(run({ ...scenario, behaviour, interruption: null }))).toBe('succeeded');
      }),
      { numRuns: 250 },
    );
  });

  it('never succeeds with one that fails every request', () => {
    fc.assert(
      fc.property(scenarios, (scenario) => {
        const behaviour = { ...scenario.behaviour, failShare: 1 };
        expect(outcomeOf(run({ ...scenario, behaviour, interruption: null }))).not.toBe('succeeded');
      }),
      { numRuns: 400 },
    );
  });
});

function outcomeOf(world: RolloutWorld): string | undefined {
  const finished = world.journal.map(({ event }) => event).find((event) => event.type === 'finished');
  return finished?.type === 'finished' ? finished.outcome : undefined;
}
