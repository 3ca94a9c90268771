import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deploymentStates, isEndState } from '../../src/domain/deployment.ts';
import {
  type EnvironmentHistory,
  expiredDeployments,
  forgettableReleases,
  type PastDeployment,
} from '../../src/domain/retention.ts';

const dayMs = 24 * 3_600_000;
const now = new Date('2026-11-21T12:00:00Z');
const policy = { keep: 3, maxAgeMs: 10 * dayMs };
const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();

const past = (id: string, change: Partial<PastDeployment> = {}): PastDeployment => ({
  id,
  target: { kind: 'branch' },
  state: 'succeeded',
  release: null,
  baseline: null,
  createdAt: daysAgo(1),
  finishedAt: daysAgo(1),
  ...change,
});

const history = (
  deployments: PastDeployment[],
  change: Partial<EnvironmentHistory> = {},
): EnvironmentHistory => ({
  deployments,
  releases: [],
  wanted: deployments.at(-1)?.id ?? null,
  current: null,
  previous: null,
  ...change,
});

const five = ['d1', 'd2', 'd3', 'd4', 'd5'];

describe('what history need not keep', () => {
  it('is what is beyond the newest, in any end', () => {
    const ends = ['succeeded', 'failed', 'superseded', 'cancelled', 'rolled_back'] as const;
    const list = five.map((id, index) => past(id, { state: ends[index] ?? 'failed' }));
    expect(expiredDeployments(history(list), now, policy)).toEqual(['d1', 'd2']);
    expect(expiredDeployments(history(list), now, { ...policy, keep: 5 })).toEqual([]);
  });

  it('is what ended longer ago than the age, however few there are', () => {
    const list = [
      past('d1', { finishedAt: daysAgo(10.01) }),
      past('d2', { finishedAt: daysAgo(9.99) }),
      past('d3'),
    ];
    expect(expiredDeployments(history(list), now, policy)).toEqual(['d1']);
    expect(
      expiredDeployments(
        history([past('d1', { createdAt: daysAgo(11), finishedAt: null }), past('d2')]),
        now,
        policy,
      ),
    ).toEqual(['d1']);
  });

  it('is nothing that has not ended, however old', () => {
    const list = five.map((id) =>
      past(id, { createdAt: daysAgo(99), state: id === 'd2' ? 'held' : 'failed' }),
    );
    expect(expiredDeployments(history(list), now, policy)).toEqual(['d1']);
    const frozen = list.map((one) => ({ ...one, finishedAt: daysAgo(99), state: 'frozen' as const }));
    expect(expiredDeployments(history(frozen), now, policy)).toEqual([]);
  });

  it('is neither what is wanted nor the newest push, which tells where the branch was', () => {
    const old = { finishedAt: daysAgo(99) };
    const byHand = { ...old, target: { kind: 'release' as const } };
    const list = [past('d1', old), past('d2', old), past('d3', byHand), past('d4', byHand)];
    expect(expiredDeployments(history(list, { wanted: 'd4' }), now, policy)).toEqual(['d1', 'd3']);
  });

  it('is nothing that made or last brought a release that serves, served before, or has its image', () => {
    const old = { finishedAt: daysAgo(99) };
    const list = [
      past('d1', { ...old, release: 1 }),
      past('d2', { ...old, release: 2 }),
      past('d3', { ...old, release: 3 }),
      past('d4', { ...old, release: 4 }),
      past('d5', { ...old, release: 1 }),
      past('d6', { ...old, release: 1 }),
      past('d7', { ...old, release: 1, state: 'failed' }),
      past('d8'),
    ];
    const releases = [1, 2, 3, 4].map((release) => ({
      release,
      deployment: `d${release}`,
      imageId: release === 3 ? 'sha256:3' : null,
    }));
    const serving = { releases, current: 1, previous: 2 };
    expect(expiredDeployments(history(list, serving), now, policy)).toEqual(['d4', 'd5', 'd7']);
  });
});

describe('releases that may be forgotten', () => {
  const release = (number: number, imageId: string | null = null) => ({
    release: number,
    deployment: `d${number}`,
    imageId,
  });

  it('have no image, do not serve, and are named by nothing that stays', () => {
    const releases = [release(1), release(2), release(3), release(4, 'sha256:4'), release(5), release(6)];
    const list = [
      past('d1', { release: 1 }),
      past('d2', { release: 2 }),
      past('d3', { release: 3 }),
      past('d7', { release: 7, baseline: 3 }),
      past('d6', { release: 8 }),
    ];
    const all = history(list, { releases, current: 5 });
    expect(forgettableReleases(all, ['d1', 'd2', 'd3'])).toEqual([1, 2]);
    expect(forgettableReleases(all, ['d1'])).toEqual([1]);
    expect(forgettableReleases({ ...all, current: null, previous: 1 }, ['d1', 'd2', 'd3'])).toEqual([2, 5]);
  });
});

const anyPast = fc.record({
  target: fc.record({ kind: fc.constantFrom('branch' as const, 'commit' as const, 'release' as const) }),
  state: fc.constantFrom(...deploymentStates),
  release: fc.option(fc.integer({ min: 1, max: 9 })),
  baseline: fc.option(fc.integer({ min: 1, max: 9 })),
  age: fc.integer({ min: 0, max: 20 }),
});
const anyHistory = fc
  .record({
    list: fc.array(anyPast, { minLength: 1, maxLength: 30 }),
    images: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    current: fc.option(fc.integer({ min: 1, max: 9 })),
    previous: fc.option(fc.integer({ min: 1, max: 9 })),
    maker: fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 9, maxLength: 9 }),
  })
  .map(({ list, images, maker, ...serving }) =>
    history(
      list.map(({ age, ...one }, index) =>
        past(`d${index + 1}`, { ...one, createdAt: daysAgo(age), finishedAt: daysAgo(age) }),
      ),
      {
        ...serving,
        releases: images.map((kept, index) => ({
          release: index + 1,
          deployment: `d${maker[index]}`,
          imageId: kept ? 'sha256:x' : null,
        })),
      },
    ),
  );

it('never lets go what is needed, and never keeps what is not', () => {
  fc.assert(
    fc.property(anyHistory, (all) => {
      const expired = expiredDeployments(all, now, policy);
      const gone = new Set(expired);
      const forgotten = forgettableReleases(all, expired);
      const kept = all.deployments.filter(({ id }) => !gone.has(id));
      expect(kept.map(({ id }) => id)).toContain(all.wanted);
      for (const one of all.deployments.filter(({ state }) => !isEndState(state)))
        expect(gone).not.toContain(one.id);
      for (const one of all.releases.filter(({ imageId }) => imageId !== null)) {
        expect(forgotten).not.toContain(one.release);
        expect(gone).not.toContain(one.deployment);
      }
      for (const one of kept) {
        expect(forgotten).not.toContain(one.release);
        expect(forgotten).not.toContain(one.baseline);
      }
      // Run again on what is left, there is nothing more to do.
      const left = {
        ...all,
        deployments: kept,
        releases: all.releases.filter((one) => !forgotten.includes(one.release)),
      };
      expect(expiredDeployments(left, now, policy)).toEqual([]);
      expect(forgettableReleases(left, [])).toEqual([]);
      // At most: the newest, each release's maker and last bringer, the wanted one, the newest push, what goes on.
      const open = kept.filter(({ state }) => !isEndState(state)).length;
      expect(kept.length).toBeLessThanOrEqual(policy.keep + open + 2 * 9 + 2);
    }),
    { numRuns: 500 },
  );
});
