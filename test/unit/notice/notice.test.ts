import { describe, expect, it } from 'vitest';
import { type Deployment, deploymentStates, isEndState } from '../../../src/domain/deployment.ts';
import type { JournalEntry, JournalEvent } from '../../../src/domain/journal.ts';
import { possibleActs } from '../../../src/domain/notice/acts.ts';
import { type NoticeFacts, noticeOf } from '../../../src/domain/notice/notice.ts';

const deployment: Deployment = {
  id: 'd42',
  app: 'shop',
  environment: 'production',
  branch: 'release',
  target: { kind: 'branch', pushedSha: 'a'.repeat(40), forced: false },
  actor: { kind: 'github', name: 'ana' },
  state: 'canary',
  reason: null,
  sha: null,
  title: 'A change',
  author: 'Ana',
  release: 12,
  baseline: 11,
  supersededBy: null,
  createdAt: '2026-11-25T10:00:00.000Z',
  startedAt: '2026-11-25T10:00:01.000Z',
  finishedAt: null,
};
const standing = { wanted: 'd42', current: 11, previous: 10 };
const facts: NoticeFacts = {
  deployment,
  journal: [],
  people: [],
  standing,
  frozen: null,
  repository: 'https://github.com/acme/shop.git',
  environmentUrl: 'http://shop.example.com/',
  logTail: ['npm ERR! missing script'],
};

const tick = (nc: number, ec: number, nb: number, eb: number): JournalEvent => ({
  type: 'tick',
  nc,
  ec,
  nb,
  eb,
  source: 'prometheus',
  counters: {},
  measures: { u: 1, v: 1, d: 1 },
});
const promoted: JournalEvent = { type: 'promoted', reason: 'good', evidence: 'strong', promotes: 0 };
const journalOf = (...events: JournalEvent[]): JournalEntry[] =>
  events.map((event, index) => ({ t: index * 1_000, at: '2026-11-25T10:00:00.000Z', event }));

describe('a notice', () => {
  it('counts the canary before its promotion and the watch after it', () => {
    const journal = journalOf(tick(3, 1, 9, 0), tick(2, 0, 6, 1), promoted, tick(10, 2, 0, 0));
    expect(noticeOf({ ...facts, journal })).toMatchObject({
      canary: { canary: { requests: 5, errors: 1 }, baseline: { requests: 15, errors: 1 } },
      watch: { canary: { requests: 10, errors: 2 }, baseline: { requests: 0, errors: 0 } },
      decision: { decision: 'promote', evidence: 'strong' },
    });
  });

  it('forgets what an observation before this one had counted, as the verdict does', () => {
    const journal = journalOf(tick(9, 9, 9, 9), { type: 'observation-began' }, tick(1, 0, 3, 0));
    expect(noticeOf({ ...facts, journal }).canary?.canary).toEqual({ requests: 1, errors: 0 });
  });

  it('lets a rollback in the watch count more than the promotion', () => {
    const back: JournalEvent = {
      type: 'rollback-began',
      outcome: 'rolled_back',
      reason: 'bad',
      evidence: 'strong',
    };
    expect(noticeOf({ ...facts, journal: journalOf(promoted, back) }).decision).toMatchObject({
      decision: 'rollback',
      reason: 'bad',
    });
  });

  it('lists the stages in their order with the time in each', () => {
    const journal = journalOf(
      { type: 'state', state: 'fetching' },
      { type: 'state', state: 'building' },
      { type: 'state', state: 'canary' },
    );
    expect(noticeOf({ ...facts, journal }).stages).toEqual([
      { stage: 'fetching', ms: 1_000 },
      { stage: 'building', ms: 1_000 },
      { stage: 'canary', ms: 0 },
    ]);
  });

  it('names the commit that was fetched, else the one that was pushed, else none', () => {
    expect(noticeOf(facts).commit?.sha).toBe('a'.repeat(40));
    expect(noticeOf({ ...facts, deployment: { ...deployment, sha: 'b'.repeat(40) } }).commit?.sha).toBe(
      'b'.repeat(40),
    );
    const target = { kind: 'branch', pushedSha: null, forced: false } as const;
    expect(noticeOf({ ...facts, deployment: { ...deployment, target } }).commit).toBeNull();
  });

  it.each(deploymentStates)('shows the log of %s only when it ended badly', (state) => {
    const shown = noticeOf({ ...facts, deployment: { ...deployment, state } }).logTail;
    expect(shown.length).toBe(['failed', 'rolled_back'].includes(state) ? 1 : 0);
  });

  it('tells why it is held', () => {
    const held: JournalEvent = { type: 'state', state: 'held', cause: 'no-metrics' };
    const state = 'held' as const;
    expect(noticeOf({ ...facts, deployment: { ...deployment, state }, journal: journalOf(held) }).held).toBe(
      'no-metrics',
    );
  });
});

describe('what a person can do', () => {
  it.each(deploymentStates.filter((state) => !isEndState(state)))('to one that is %s is something', (state) =>
    expect(possibleActs({ ...deployment, state }, standing, false).length).toBeGreaterThan(0),
  );

  it('is to unfreeze what stands still, not to freeze it again', () => {
    const acts = possibleActs({ ...deployment, state: 'rolling' }, standing, true);
    expect(acts).toContain('unfreeze');
    expect(acts).not.toContain('freeze');
  });

  it.each(['failed', 'rolled_back', 'cancelled'] as const)('is to retry the newest that %s', (state) => {
    expect(possibleActs({ ...deployment, state }, standing, false)).toEqual(['retry']);
    expect(possibleActs({ ...deployment, state }, { ...standing, wanted: 'd43' }, false)).toEqual([]);
  });

  it('is to go back from what serves, if there is something before it', () => {
    const succeeded = { ...deployment, state: 'succeeded' as const };
    const serves = { wanted: 'd42', current: 12, previous: 11 };
    expect(possibleActs(succeeded, serves, false)).toEqual(['rollback']);
    expect(possibleActs(succeeded, { ...serves, previous: null }, false)).toEqual([]);
    expect(possibleActs(succeeded, { ...serves, current: 13 }, false)).toEqual([]);
  });
});
