import type { NoticeStage } from '../../src/domain/notice/journal-folds.ts';
import type { Notice } from '../../src/domain/notice/notice.ts';

const sha = '4f1c2a9be0d3c85f7a6b1e2d3c4b5a6978869501';
const counted = (nc: number, ec: number, nb: number, eb: number) => ({
  canary: { requests: nc, errors: ec },
  baseline: { requests: nb, errors: eb },
});

/** A deployment that is building; every other notice is this one with changes. */
export const buildingNotice: Notice = {
  app: 'shop',
  environment: 'production',
  deployment: 'd42',
  state: 'building',
  target: { kind: 'branch', pushedSha: sha, forced: false },
  actor: { kind: 'github', name: 'ana-lee' },
  repository: 'https://github.com/acme/shop.git',
  branch: 'release',
  commit: { sha, title: 'Show prices with tax', author: 'Ana Lee' },
  release: 12,
  baseline: 11,
  supersededBy: null,
  stages: [
    { stage: 'fetching', ms: 412 },
    { stage: 'building', ms: 9_120 },
  ],
  canary: null,
  watch: null,
  decision: null,
  held: null,
  frozen: null,
  reason: null,
  people: [],
  acts: ['cancel'],
  logTail: [],
  environmentUrl: 'http://shop.example.com/',
  createdAt: '2026-11-25T10:00:00.000Z',
  startedAt: '2026-11-25T10:00:00.200Z',
  finishedAt: null,
};

const rolledOut: NoticeStage[] = [
  { stage: 'fetching', ms: 412 },
  { stage: 'building', ms: 12_345 },
  { stage: 'preparing', ms: 260 },
  { stage: 'canary', ms: 18_050 },
];

const person = (name: string, action: string) => ({
  actor: { kind: 'slack' as const, name },
  action,
  at: '2026-11-25T10:00:30.000Z',
});

export type NoticeName =
  | 'building'
  | 'first'
  | 'good'
  | 'bad'
  | 'low-evidence'
  | 'cancelled'
  | 'superseded'
  | 'failed-build'
  | 'held'
  | 'frozen'
  | 'hostile';

/** One for each end and each wait that a person is to see. */
export const notices: Record<NoticeName, Notice> = {
  building: buildingNotice,
  first: {
    ...buildingNotice,
    state: 'succeeded',
    release: 1,
    baseline: null,
    stages: [...rolledOut.slice(0, 3), { stage: 'rolling', ms: 2_200 }, { stage: 'watching', ms: 600_000 }],
    watch: counted(20_480, 2, 0, 0),
    decision: {
      decision: 'promote',
      evidence: 'skipped',
      reason: 'first deployment: nothing to compare with',
    },
    acts: [],
    finishedAt: '2026-11-25T10:10:15.000Z',
  },
  good: {
    ...buildingNotice,
    state: 'succeeded',
    stages: [...rolledOut, { stage: 'rolling', ms: 4_800 }, { stage: 'watching', ms: 600_000 }],
    canary: counted(412, 0, 1_230, 1),
    watch: counted(20_480, 2, 0, 0),
    decision: {
      decision: 'promote',
      evidence: 'strong',
      reason: 'promoted after 18.0 s: 0 of 412 canary requests failed, 1 of 1230 of the old release',
    },
    acts: ['rollback'],
    finishedAt: '2026-11-25T10:10:36.000Z',
  },
  bad: {
    ...buildingNotice,
    state: 'rolled_back',
    stages: [...rolledOut.slice(0, 3), { stage: 'canary', ms: 1_204 }, { stage: 'rolling_back', ms: 350 }],
    canary: counted(9, 6, 27, 0),
    decision: {
      decision: 'rollback',
      evidence: 'strong',
      reason: 'rolled back after 1.2 s: 6 of 9 canary requests failed, 0 of 27 of the old release',
    },
    reason: 'rolled back after 1.2 s: 6 of 9 canary requests failed, 0 of 27 of the old release',
    acts: ['retry'],
    logTail: [
      'r12-1 | listening on 3000',
      "r12-1 | TypeError: Cannot read properties of undefined (reading 'tax')",
    ],
    finishedAt: '2026-11-25T10:00:15.000Z',
  },
  'low-evidence': {
    ...buildingNotice,
    state: 'watching',
    stages: [...rolledOut.slice(0, 3), { stage: 'canary', ms: 60_000 }, { stage: 'watching', ms: 4_000 }],
    canary: counted(4, 0, 11, 0),
    watch: counted(1, 0, 0, 0),
    decision: {
      decision: 'promote',
      evidence: 'low',
      reason: 'promoted after 60.0 s on low evidence: 4 requests cannot show a failure share under 52 %',
    },
    people: [],
    acts: ['rollback', 'freeze'],
  },
  cancelled: {
    ...buildingNotice,
    state: 'cancelled',
    reason: 'cancelled by a person before any traffic moved',
    people: [person('ben', 'cancel')],
    acts: ['retry'],
    finishedAt: '2026-11-25T10:00:10.000Z',
  },
  superseded: {
    ...buildingNotice,
    state: 'superseded',
    reason: 'superseded by d43 before any traffic moved',
    supersededBy: 'd43',
    acts: [],
    finishedAt: '2026-11-25T10:00:10.000Z',
  },
  'failed-build': {
    ...buildingNotice,
    state: 'failed',
    reason: 'The build failed: step 4/6 RUN npm ci returned 1.',
    acts: ['retry'],
    logTail: [
      'Step 4/6 : RUN npm ci',
      'npm ERR! code EUSAGE',
      'npm ERR! `npm ci` can only install packages when package.json and package-lock.json are in sync',
      "The command '/bin/sh -c npm ci' returned a non-zero code: 1",
    ],
    finishedAt: '2026-11-25T10:00:14.000Z',
  },
  held: {
    ...buildingNotice,
    state: 'held',
    stages: [...rolledOut, { stage: 'held', ms: 30_000 }],
    canary: counted(40, 12, 120, 35),
    held: 'baseline',
    reason:
      'held: not this release, the old one fails too (12 of 40 canary requests failed, 35 of 120 of the old release)',
    acts: ['promote', 'rollback', 'freeze'],
  },
  frozen: {
    ...buildingNotice,
    state: 'frozen',
    stages: [...rolledOut, { stage: 'frozen', ms: 125_000 }],
    canary: counted(412, 0, 1_230, 1),
    frozen: { by: 'ana', reason: 'a look at the numbers first' },
    people: [person('ana', 'freeze')],
    acts: ['promote', 'rollback', 'unfreeze'],
  },
  hostile: {
    ...buildingNotice,
    state: 'failed',
    branch: 'fix/<!channel>',
    commit: {
      sha,
      title: '\u001b[31m<!channel> *all* `good` &amp; <https://evil.example|click>\u202e',
      author: '<@U012ABC>',
    },
    actor: { kind: 'github', name: 'x<!here>' },
    repository: 'https://evil.example|x/<!channel>',
    reason: '<!everyone> \u0007```end``` \u2066hidden\u2069',
    acts: ['retry'],
    logTail: ['```', '\u001b]8;;https://evil.example\u0007<!channel>\u001b]8;;\u0007 error: no such file'],
    finishedAt: '2026-11-25T10:00:14.000Z',
  },
};
