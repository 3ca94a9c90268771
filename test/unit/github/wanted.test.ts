import { describe, expect, it } from 'vitest';
import { deploymentStates } from '../../../src/domain/deployment.ts';
import { plainLine } from '../../../src/domain/github/plain.ts';
import { tellsOf, wantedOnGithub } from '../../../src/domain/github/wanted.ts';
import type { Notice } from '../../../src/domain/notice/notice.ts';
import { githubNotice, shaOf } from '../../support/github-notice.ts';

const view = { shared: false, publicUrl: 'https://deploy.example.com' };
const golden = (name: string) => new URL(`../../golden/github/${name}`, import.meta.url).pathname;

/** What else is so in a state. */
const facts: Partial<Record<Notice['state'], Partial<Notice>>> = {
  canary: { release: 12, baseline: 11 },
  held: { release: 12, baseline: 11, held: 'baseline' },
  rolling: { release: 12, baseline: 11 },
  watching: { release: 12, baseline: 11 },
  frozen: { release: 12, frozen: { by: 'ana', reason: 'sale until six' } },
  succeeded: { release: 12 },
  rolled_back: { release: 12, baseline: 11, reason: 'r12 answers 5xx: 7 of 40 requests, r11 0 of 120.' },
  failed: {
    reason: 'The image could not be built.',
    stages: [
      { stage: 'fetching', ms: 20 },
      { stage: 'building', ms: 4_000 },
    ],
  },
  cancelled: {
    reason: 'cancelled by a person',
    people: [{ actor: { kind: 'slack', name: 'ana' }, action: 'cancel', at: '2026-11-25T10:01:00.000Z' }],
  },
  superseded: { supersededBy: 'd43' },
};

const line = (name: string, change: Partial<Notice>): string => {
  const wanted = wantedOnGithub(githubNotice(change), view);
  if (wanted === null) return `${name}\n  nothing yet`;
  const { status, commit } = wanted;
  const deployment = `  deployment ${status.state}: ${status.description}`;
  return `${name}\n${deployment}\n  commit ${commit.state}: ${commit.description}`;
};

it('every state has its words', async () => {
  const states = deploymentStates.map((state) => line(state, { state, ...facts[state] }));
  const more = [
    line('queued, the commit not known', { commit: null }),
    line('canary, the first release', { state: 'canary', release: 1 }),
    line('preparing, going back', { state: 'preparing', target: { kind: 'release', release: 11 } }),
    line('failed before it was tried', {
      state: 'failed',
      reason: 'The repository could not be fetched.',
      stages: [{ stage: 'fetching', ms: 20 }],
    }),
    line('canary, frozen by a person', {
      state: 'canary',
      frozen: { by: 'ana', reason: 'let me\u202e look\u001b[31m' },
    }),
  ];
  await expect(`${[...states, ...more].join('\n')}\n`).toMatchFileSnapshot(golden('states.txt'));
});

it('the whole of what is wanted', async () => {
  const one = wantedOnGithub(githubNotice({ state: 'canary', release: 12, baseline: 11 }), view);
  const shared = wantedOnGithub(githubNotice({ environment: 'test', environmentUrl: null }), {
    shared: true,
    publicUrl: null,
  });
  const text = `${JSON.stringify([one, shared], null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(golden('wanted.txt'));
});

it('success is said at the end of the watch only', () => {
  const successes = deploymentStates.filter(
    (state) => wantedOnGithub(githubNotice({ state, ...facts[state] }), view)?.commit.state === 'success',
  );
  expect(successes).toEqual(['succeeded']);
});

it('a deployment that was superseded before anything was told of it is not made for that', () => {
  expect(wantedOnGithub(githubNotice({ state: 'superseded' }), view)?.deployment.worthCreating).toBe(false);
  expect(wantedOnGithub(githubNotice({ state: 'cancelled' }), view)?.deployment.worthCreating).toBe(true);
});

describe('texts from outside', () => {
  it.each([
    ['controls, directions and line ends', 'a\u001b[31m\u202eb\u200b\r\n c\u2028d', 'a [31m b c d'],
    ['what GitHub has no room for', 'bird 🐦 and half \ud83d', 'bird ? and half ?'],
    ['the rest as it is', '<b>@ana</b> ünïcode 새', '<b>@ana</b> ünïcode 새'],
  ])('%s', (_, text, expected) => expect(plainLine(text)).toBe(expected));

  it('never more than 140, whatever the reason is', () => {
    const reason = `${'x'.repeat(139)}🐦🐦${'y'.repeat(100)}`;
    const wanted = wantedOnGithub(githubNotice({ state: 'rolled_back', reason }), view);
    expect(wanted?.status.description).toHaveLength(140);
    expect(wanted?.commit.description.length).toBeLessThanOrEqual(140);
    expect(wanted?.commit.description).toMatch(/^d42: x+…$/);
  });
});

it('knows of which deployment a commit status tells', () => {
  const { commit } =
    wantedOnGithub(githubNotice({ commit: { sha: shaOf('b'), title: '', author: '' } }), view) ?? {};
  expect(tellsOf(commit?.description ?? '')).toBe(42);
  for (const other of ['', null, 'Build passed', 'd42', 'xd42: y']) expect(tellsOf(other)).toBeNull();
});
