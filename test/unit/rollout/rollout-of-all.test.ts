import { describe, expect, it } from 'vitest';
import { stateOfAll } from '../../../src/domain/rollout-of-all.ts';
import type { RolloutSpec } from '../../../src/domain/service-spec.ts';
import { RolloutOfAllWorld } from '../../support/rollout-of-all-world.ts';
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
const model = (behaviour: Partial<Behaviour> = {}, spec: RolloutSpec = rolloutSpec({ replicas: 2 })) => ({
  spec,
  oldReplicas: 2,
  behaviour: { ...good, ...behaviour },
});

function until(world: RolloutOfAllWorld, holds: (world: RolloutOfAllWorld) => boolean): RolloutOfAllWorld {
  for (let step = 0; step < 20_000; step++) {
    if (holds(world)) return world;
    world.perform(world.plan(), null);
  }
  throw new Error(`it never came to that:\n${world.steps.slice(-40).join('\n')}`);
}

const watching =
  (...of: number[]) =>
  (world: RolloutOfAllWorld) =>
    of.every((index) => world.worlds[index]?.progress.phase === 'watching');
const finished = (world: RolloutOfAllWorld) => world.finished;
const ending = ({ journal }: RolloutOfAllWorld) =>
  journal.map(({ event }) => event).find(({ type }) => type === 'finished');
const at = ({ steps }: RolloutOfAllWorld, step: string) => steps.indexOf(step);

describe('several services', () => {
  it('begin one after the other, and end together', () => {
    const long = rolloutSpec({ replicas: 2, canary: { watchMs: 60_000 } });
    const world = until(new RolloutOfAllWorld([model(), model({}, long)]), finished);
    expect(at(world, 's2 Begin')).toBeGreaterThan(at(world, 's1 Watch'));
    expect(at(world, 's1 RemoveReplica r1-1')).toBeGreaterThan(at(world, 's2 Watch'));
    const [first, second] = world.worlds.map(({ progress }) => progress.watchingSince ?? 0);
    const removed = world.journal.find(
      ({ event }) => event.type === 'step-began' && event.step === 'RemoveReplica r1-1',
    );
    expect((removed?.t ?? 0) - (second ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(second).toBeGreaterThan(first ?? 0);
    expect(ending(world)).toMatchObject({ outcome: 'succeeded' });
  });

  it('go back together when the first turns bad in its watch, during the canary of the second', () => {
    const patient = rolloutSpec({ replicas: 2, canary: { minBakeMs: 30_000, maxBakeMs: 60_000 } });
    const world = until(new RolloutOfAllWorld([model(), model({}, patient)]), watching(0));
    until(world, ({ worlds }) => worlds[1]?.servers.get('r2-1')?.state === 'ready');
    Object.assign(world.worlds[0]?.behaviour ?? {}, { failShare: 1 });
    until(world, finished);
    expect(ending(world)).toMatchObject({ outcome: 'rolled_back', reason: expect.stringMatching(/^s1: /) });
  });

  it('count as rolled back when one had taken over, though the bad one never had a request', () => {
    const world = until(new RolloutOfAllWorld([model(), model({ failsSmoke: true })]), finished);
    expect(ending(world)).toMatchObject({ outcome: 'rolled_back', reason: expect.stringMatching(/^s2: /) });
  });

  it('leave those alone whose turn never came', () => {
    const world = until(new RolloutOfAllWorld([model({ failsSmoke: true }), model()]), finished);
    expect(ending(world)).toMatchObject({ outcome: 'failed' });
    expect(world.steps.filter((step) => step.startsWith('s2'))).toEqual([]);
  });

  it('are superseded in the first canary; after it a newer push waits, and then ends the watch', () => {
    const early = until(new RolloutOfAllWorld([model(), model()]), ({ steps }) =>
      steps.includes('s1 Attach r2-1'),
    );
    early.interruption = { kind: 'superseded', by: 'd9' };
    expect(ending(until(early, finished))).toMatchObject({ outcome: 'superseded' });
    const late = until(new RolloutOfAllWorld([model(), model()]), watching(0));
    late.interruption = { kind: 'superseded', by: 'd9' };
    expect(ending(until(late, finished))).toMatchObject({
      outcome: 'succeeded',
      reason: expect.stringContaining('its watch ended by d9'),
    });
  });

  it('follow one promotion once', () => {
    const patient = rolloutSpec({ replicas: 2, canary: { minBakeMs: 20_000, maxBakeMs: 60_000 } });
    const world = new RolloutOfAllWorld([model({}, patient), model({}, patient)]);
    until(world, ({ steps }) => steps.includes('s1 Attach r2-1'));
    world.interruption = { kind: 'promote', given: 1 };
    until(world, watching(0));
    const began = world.t;
    expect(began).toBeLessThan(20_000);
    until(world, watching(0, 1));
    expect(world.t - began).toBeGreaterThan(20_000);
  });

  it('plan for one alone what the planner for one does', () => {
    const several = until(new RolloutOfAllWorld([model()]), finished);
    const one = new RolloutWorld(rolloutSpec({ replicas: 2 }), 2, good);
    while (one.progress.phase !== 'finished') one.perform(one.plan(), null);
    const kinds = several.steps.map((step) => step.replace('s1 ', ''));
    expect(kinds.filter((step) => one.steps.includes(step))).toEqual(one.steps);
  });
});

it.each([
  ['canary', [], 'canary'],
  ['canary', ['canary'], 'canary'],
  ['canary', ['watching'], 'rolling'],
  ['preparing', ['watching', 'canary'], 'rolling'],
  ['rolling', ['watching'], 'rolling'],
  ['watching', ['canary'], 'rolling'],
  ['watching', ['watching', 'watching'], 'watching'],
  ['held', ['watching'], 'held'],
] as const)('a service that enters %s beside %j makes the deployment %s', (state, others, expected) => {
  expect(
    stateOfAll(
      state,
      others.map((phase) => ({ phase })),
    ),
  ).toBe(expected);
});
