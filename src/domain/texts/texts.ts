import type { Actor, DeploymentState } from '../deployment.ts';
import type { NoticeAct } from '../notice/acts.ts';
import type { Notice } from '../notice/notice.ts';
import type { DeploymentStage } from '../stage-durations.ts';
import type { Answers } from './answers.ts';

export type Locale = 'en' | 'ko';

/** Why a deployment is where it is. */
export interface Why {
  sentence: string;
  /** What Siskin itself said, in English, where the sentence does not say all of it. */
  original: string | null;
}

export interface Counts {
  requests: number;
  errors: number;
}

/** Everything that is said to people, in one language: a text that is missing does not compile. */
export interface Texts {
  locale: Locale;
  states: Record<DeploymentState, string>;
  stages: Record<DeploymentStage, string>;
  acts: Record<NoticeAct, string>;
  /** What a person did to it: `ana promoted it`. `action` is an audit log's. */
  did: (action: string, name: string) => string;
  actors: Record<Actor['kind'], string>;
  labels: {
    release: string;
    replaces: string;
    first: string;
    commit: string;
    branch: string;
    by: string;
    askedBy: string;
    canary: string;
    baseline: string;
    watch: string;
    stages: string;
    duration: string;
    log: string;
    original: string;
    details: string;
    forced: string;
    notFetched: string;
  };
  /** `412 requests, 3 of them 5xx` */
  counts: (counts: Counts) => string;
  /** @param ms milliseconds */
  duration: (ms: number) => string;
  /** @returns null when there is nothing to explain */
  why: (notice: Notice) => Why | null;
  /** Asked before a button does something that is felt at once. @param where `shop/production` */
  confirm: Record<
    'rollback' | 'cancel',
    { title: string; text: (where: string) => string; yes: string; no: string }
  >;
  answers: Answers;
}

/** The one who did this last, by name. */
export const whoDid = ({ people }: Notice, action: string): string | null =>
  people.findLast((one) => one.action === action)?.actor.name ?? null;

/** What was counted where the last decision was taken: in the watch, if there was one before a rollback. */
export function decisiveCounts({ decision, canary, watch }: Notice): Notice['canary'] {
  return decision?.decision === 'rollback' && watch !== null ? watch : canary;
}
