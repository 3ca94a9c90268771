import { answersEn } from './answers-en.ts';
import type { Texts } from './texts.ts';
import { whyEn } from './why-en.ts';

const did: Readonly<Record<string, string>> = {
  promote: 'promoted it',
  rollback: 'rolled it back',
  cancel: 'cancelled it',
  freeze: 'froze the environment',
  unfreeze: 'let the environment go on',
};

export const en: Texts = {
  locale: 'en',
  states: {
    queued: 'Queued',
    fetching: 'Fetching',
    building: 'Building',
    preparing: 'Preparing',
    canary: 'Canary takes traffic',
    rolling: 'Rolling out',
    watching: 'Serving, being watched',
    held: 'Held',
    frozen: 'Frozen',
    succeeded: 'Succeeded',
    rolled_back: 'Rolled back',
    failed: 'Failed',
    cancelled: 'Cancelled',
    superseded: 'Superseded',
  },
  stages: {
    fetching: 'fetch',
    building: 'build',
    preparing: 'prepare',
    canary: 'canary',
    held: 'held',
    frozen: 'frozen',
    rolling: 'roll out',
    watching: 'watch',
    rolling_back: 'roll back',
  },
  acts: {
    promote: 'Promote',
    rollback: 'Roll back',
    cancel: 'Cancel',
    retry: 'Retry',
    freeze: 'Freeze',
    unfreeze: 'Unfreeze',
  },
  did: (action, name) => `${name} ${did[action] ?? action}`,
  actors: { github: 'GitHub', api: 'API token', slack: 'Slack', cli: 'terminal', siskin: 'Siskin' },
  labels: {
    release: 'Release',
    replaces: 'replaces',
    first: 'the first one',
    commit: 'Commit',
    branch: 'Branch',
    by: 'by',
    askedBy: 'Asked for by',
    canary: 'New release',
    baseline: 'Old release beside it',
    watch: 'Since the promotion',
    stages: 'Stages',
    duration: 'Duration',
    log: 'The end of its log',
    original: 'Siskin says',
    details: 'Details of',
    forced: 'forced push',
    notFetched: 'the head of the branch, not fetched yet',
  },
  counts: ({ requests, errors }) =>
    `${number(requests)} ${requests === 1 ? 'request' : 'requests'}, ${number(errors)} × 5xx`,
  duration: durationEn,
  why: whyEn,
  confirm: {
    rollback: {
      title: 'Roll back?',
      text: (where) => `${where} goes back to the release before this one.`,
      yes: 'Roll back',
      no: 'Leave it',
    },
    cancel: {
      title: 'Cancel?',
      text: (where) => `The deployment to ${where} ends; what serves now goes on serving.`,
      yes: 'Cancel it',
      no: 'Let it go on',
    },
  },
  answers: answersEn,
};

export function durationEn(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

const number = (value: number): string => value.toLocaleString('en-US');
