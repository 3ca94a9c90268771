import { describe, expect, it } from 'vitest';
import type { Deployment, DeploymentState, DeploymentTarget } from '../../../src/domain/deployment.ts';
import { type IgnoredHead, missedHead } from '../../../src/domain/reconcile/missed-head.ts';

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string];

const deployment = (
  target: DeploymentTarget,
  state: DeploymentState,
  sha: string | null,
  branch = 'release',
): Deployment => ({
  ...{ id: 'd1', app: 'shop', environment: 'production', branch, target, state, sha },
  actor: { kind: 'github', name: 'ana' },
  reason: null,
  title: null,
  author: null,
  release: null,
  baseline: null,
  supersededBy: null,
  createdAt: '',
  startedAt: null,
  finishedAt: null,
});
const pushed = (pushedSha: string | null, state: DeploymentState, sha: string | null = pushedSha) =>
  deployment({ kind: 'branch', pushedSha, forced: false }, state, sha);
const asked = (sha: string, state: DeploymentState) => deployment({ kind: 'commit', sha }, state, sha);
const rollback = (sha: string) => deployment({ kind: 'release', release: 1 }, 'succeeded', sha);
const left = (sha: string, branch = 'release'): IgnoredHead => ({ branch, sha, reason: 'skip-requested' });
const seen = (sha: string): IgnoredHead => ({ branch: 'release', sha, reason: 'first-sight' });

const known = 'known';
const underWay = 'under-way';
const firstSight = 'first-sight';
const missedAfter = (before: string) => `missed after ${before[0]}`;

interface Case {
  name: string;
  head: string;
  /** Newest first. */
  deployments?: Deployment[];
  ignored?: IgnoredHead;
  serving?: string;
  is: string;
}

const cases: Case[] = [
  { name: 'serves', head: a, deployments: [pushed(a, 'succeeded')], is: known },
  { name: 'moved on', head: b, deployments: [pushed(a, 'succeeded')], is: missedAfter(a) },
  { name: 'failed to build: not again', head: a, deployments: [pushed(a, 'failed')], is: known },
  { name: 'failed to be fetched: reported', head: a, deployments: [pushed(a, 'failed', null)], is: known },
  { name: 'rolled back by the verdict', head: a, deployments: [pushed(a, 'rolled_back')], is: known },
  { name: 'cancelled while it waited', head: a, deployments: [pushed(a, 'cancelled', null)], is: known },
  { name: 'in the canary', head: a, deployments: [pushed(a, 'canary')], is: known },
  {
    name: 'moved on during the canary: newest wins',
    head: b,
    deployments: [pushed(a, 'canary')],
    is: missedAfter(a),
  },
  { name: 'moved on while one waits', head: b, deployments: [pushed(a, 'queued', null)], is: underWay },
  { name: 'moved on during the fetch', head: b, deployments: [pushed(a, 'fetching', null)], is: underWay },
  {
    name: 'the fetch found a newer head than the push named',
    head: b,
    deployments: [pushed(a, 'succeeded', b)],
    is: known,
  },
  {
    name: 'the fetch came from a mirror that lagged',
    head: b,
    deployments: [pushed(b, 'succeeded', a)],
    is: missedAfter(a),
  },
  {
    name: 'threat 5: pushed back to an older commit that was deployed before',
    head: a,
    deployments: [pushed(b, 'succeeded'), pushed(a, 'succeeded')],
    is: missedAfter(b),
  },
  {
    name: 'a person went back to the release before',
    head: b,
    deployments: [rollback(a), pushed(b, 'succeeded'), pushed(a, 'succeeded')],
    is: known,
  },
  {
    name: 'a person went back, and the branch moved on',
    head: c,
    deployments: [rollback(a), pushed(b, 'succeeded')],
    is: missedAfter(b),
  },
  {
    name: "a person's rollback superseded the push that waited",
    head: b,
    deployments: [rollback(a), pushed(b, 'superseded', null), pushed(a, 'succeeded')],
    is: known,
  },
  {
    name: 'superseded by a newer push',
    head: b,
    deployments: [pushed(b, 'building'), pushed(a, 'superseded', null)],
    is: known,
  },
  {
    name: 'a person deployed an older commit',
    head: b,
    deployments: [asked(a, 'succeeded'), pushed(b, 'succeeded')],
    is: known,
  },
  {
    name: 'a person deployed this very commit, and it failed',
    head: c,
    deployments: [asked(c, 'failed'), pushed(b, 'succeeded')],
    is: known,
  },
  {
    name: 'a person asked for this very commit, and something else took its place',
    head: c,
    deployments: [asked(c, 'superseded'), pushed(b, 'succeeded')],
    is: missedAfter(b),
  },
  {
    name: 'a person asked for the head, which could not be fetched',
    head: b,
    deployments: [pushed(null, 'failed'), pushed(a, 'succeeded')],
    is: missedAfter(a),
  },
  {
    name: 'a person asked for the head, which is what was deployed',
    head: a,
    deployments: [pushed(null, 'failed'), pushed(a, 'succeeded')],
    is: known,
  },
  { name: '[skip ci]', head: b, deployments: [pushed(a, 'succeeded')], ignored: left(b), is: known },
  {
    name: 'pushed back from a [skip ci] to what serves',
    head: a,
    deployments: [pushed(a, 'succeeded')],
    ignored: left(b),
    is: known,
  },
  {
    name: 'moved on from a [skip ci]',
    head: c,
    deployments: [pushed(a, 'succeeded')],
    ignored: left(b),
    is: missedAfter(a),
  },
  {
    name: 'left at this commit on another branch',
    head: b,
    deployments: [pushed(a, 'succeeded')],
    ignored: left(b, 'main'),
    is: missedAfter(a),
  },
  { name: 'never deployed', head: a, is: firstSight },
  { name: 'never deployed, seen before', head: a, ignored: seen(a), is: known },
  { name: 'never deployed, moved on since it was seen', head: b, ignored: seen(a), is: missedAfter(a) },
  { name: 'never deployed, left at a [skip ci]', head: a, ignored: left(a), is: known },
  {
    name: 'siskin.yaml names another branch now',
    head: b,
    deployments: [deployment({ kind: 'branch', pushedSha: a, forced: false }, 'succeeded', a, 'main')],
    serving: a,
    is: firstSight,
  },
  {
    name: 'only ever deployed by commit',
    head: b,
    deployments: [asked(a, 'succeeded')],
    serving: a,
    is: firstSight,
  },
  {
    name: 'threat 27: the history was flushed, the release serves on, the branch moved on',
    head: b,
    serving: a,
    is: missedAfter(a),
  },
  {
    name: 'threat 27: the same, and it was looked at before the records were written anew',
    head: b,
    ignored: seen(b),
    serving: a,
    is: missedAfter(a),
  },
  {
    name: 'threat 27: the history was flushed, what the branch moved on to is a [skip ci]',
    head: b,
    ignored: left(b),
    serving: a,
    is: known,
  },
  {
    name: 'threat 27: the history was flushed, the head serves: remembered',
    head: a,
    serving: a,
    is: firstSight,
  },
];

describe('missedHead', () => {
  it.each(cases)('$name: $is', ({ head, deployments = [], ignored = null, serving = null, is }) => {
    const decision = missedHead('release', head, { deployments, ignored, serving });
    const said = decision.kind === 'missed' ? missedAfter(decision.before) : decision.kind;
    expect(said).toBe(is);
  });
});
