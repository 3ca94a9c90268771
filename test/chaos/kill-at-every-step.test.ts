import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { Lane, lateOf, type Played, type Victims, victims } from '../support/chaos-lane.ts';
import { type Kind, kinds } from '../support/chaos-rollouts.ts';
import { beginChaos, type Chaos, isLong, spread } from '../support/chaos-run.ts';

const rounds = 3;
/** Kills along one rollout of the short form: those of `siskin up` are over sooner. */
const killsInShort: Record<Victims, number> = { up: 3, worker: 1, server: 2, 'worker+server': 1 };
/** Rollouts of each lane of the long form with one kill only: what follows it is the whole rest of the rollout. */
const soloKills = 2;
/** Lanes at once: most of a lane's time is waiting for leases. */
const lanesAtOnce = Number(process.env.SISKIN_CHAOS_LANES ?? 2 * availableParallelism());
/** Only those lanes whose names begin so, such as `worker, good`. */
const only = process.env.SISKIN_CHAOS_ONLY ?? '';
/** Rollouts after which a boundary that was never hit is called unreachable. */
const mostRollouts = 40;

/** About the boundaries of an undisturbed rollout of each kind: what the short form draws from. */
const boundaries: Record<Kind, number> = { good: 60, bad: 18, rollback: 50 };

describe.skipIf(isLong)('Siskin killed at step boundaries', () => {
  const seldom: [Victims, ...Victims[]] = ['worker', 'server', 'worker+server'];
  for (const separate of [false, true])
    it(`${separate ? 'worker, server or both' : 'siskin up'}: every rollout reaches the right release, no request of an old or good one fails, nothing is left over`, async () => {
      const chaos = beginChaos(`kill-at-every-step, ${separate ? 'server and worker' : 'siskin up'}`);
      const which = separate ? chaos.pick(seldom) : 'up';
      const kind = chaos.pick(kinds);
      const ats = new Set(Array.from({ length: killsInShort[which] }, () => chaos.below(boundaries[kind])));
      const lane = await Lane.start(which, kinds);
      try {
        let seen = 0;
        const played = await lane.play(kind, () => {
          seen += 1;
          return ats.has(seen);
        });
        chaos.print({ victims: which, kind, ...played, boundaries: seen });
        expect(lateOf(played)).toEqual([]);
      } finally {
        await lane.remove();
      }
    });
});

describe.runIf(isLong)('Siskin killed at every step boundary', () => {
  it(`${rounds} rounds of every kind of rollout, for each process and both`, async () => {
    const chaos = beginChaos('kill-at-every-step');
    const plans = Array.from({ length: rounds }, (_, round) =>
      kinds.flatMap((kind) => victims.map((which) => ({ round, kind, which }))),
    ).flat();
    // Round by round, and the longest of a round first.
    const longest = (one: { kind: Kind; which: Victims }) =>
      boundaries[one.kind] * (one.which.includes('worker') ? 3 : 1);
    const waiting = plans
      .filter((plan) => nameOf(plan).startsWith(only))
      .toSorted((a, b) => a.round - b.round || longest(b) - longest(a));
    expect(waiting).not.toEqual([]);
    const failures: string[] = [];
    const covered: Covered[] = [];
    const runLanes = async () => {
      for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) {
        const name = nameOf(plan);
        try {
          const one = await cover(plan.which, plan.kind, chaos);
          covered.push(one);
          const late = one.played.flatMap(lateOf);
          failures.push(...late.map((what) => `${name}: ${what}`));
          chaos.print({ lane: name, ...figures([one]), late });
        } catch (error) {
          failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
          chaos.print({ lane: name, failed: failures.at(-1) });
        }
      }
    };
    await Promise.all(Array.from({ length: lanesAtOnce }, runLanes));
    for (const which of victims) {
      const own = covered.filter((one) => one.which === which);
      chaos.print({ victims: which, lanes: own.length, ...figures(own) });
    }
    chaos.print({ all: true, lanes: covered.length, ...figures(covered) });
    expect(failures).toEqual([]);
  });
});

const nameOf = ({ which, kind, round }: { which: Victims; kind: Kind; round: number }): string =>
  `${which}, ${kind}, round ${round + 1}`;

/** What a lane of the long form came to. */
interface Covered {
  which: Victims;
  /** Of an undisturbed rollout; each was killed at. */
  boundaries: number;
  /** What that rollout took: a machine on which it is nearly the 30 s cannot keep them. */
  undisturbedMs: number;
  played: Played[];
  tookMs: number;
}

/** Kills at every boundary of one kind of rollout: at one after the other, in as few rollouts as will do. */
async function cover(which: Victims, kind: Kind, chaos: Chaos): Promise<Covered> {
  const began = performance.now();
  const lane = await Lane.start(which, [kind]);
  try {
    const { boundaries: all, tookMs: undisturbedMs } = await lane.play(kind, () => false);
    const played: Played[] = [];
    for (let solo = 0; solo < soloKills; solo += 1) {
      const at = all[chaos.below(all.length)];
      played.push(await lane.play(kind, (boundary) => boundary === at));
    }
    const missing = new Set(all);
    while (missing.size > 0) {
      if (played.length > mostRollouts) throw new Error(`never hit: ${[...missing].join(', ')}`);
      played.push(await lane.play(kind, (boundary) => missing.delete(boundary)));
    }
    return { which, boundaries: all.length, undisturbedMs, played, tookMs: performance.now() - began };
  } finally {
    await lane.remove();
  }
}

const figures = (lanes: readonly Covered[]) => {
  const played = lanes.flatMap((one) => one.played);
  const solo = played.filter(({ killedAt }) => killedAt.length === 1);
  return {
    boundaries: lanes.reduce((sum, one) => sum + one.boundaries, 0),
    rollouts: played.length,
    undisturbedMs: spread(lanes.map((one) => one.undisturbedMs)),
    kills: played.reduce((sum, one) => sum + one.killedAt.length, 0),
    requests: played.reduce((sum, one) => sum + one.requests, 0),
    msFromRestartToNextStep: spread(played.flatMap(({ toNextMs }) => toNextMs)),
    msFromLastRestartToEnd: spread(played.flatMap(({ toEndMs }) => toEndMs ?? [])),
    msFromSingleRestartToEnd: spread(solo.flatMap(({ toEndMs }) => toEndMs ?? [])),
    minutes: Math.round(Math.max(0, ...lanes.map(({ tookMs }) => tookMs)) / 6_000) / 10,
  };
};
