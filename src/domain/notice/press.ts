import { type DeploymentState, deploymentStates } from '../deployment.ts';
import { type NoticeAct, noticeActs } from './acts.ts';
import type { Notice } from './notice.ts';

/** A button that somebody pressed, and the picture of the deployment in which it stood. */
export interface Press {
  deployment: string;
  act: NoticeAct;
  drawn: string;
}

/**
 * Names the picture of a deployment that its buttons stand in: another state, or a person who has done something since,
 * makes another picture, whose buttons the ones before are not.
 */
export const pictureOf = ({ state, people }: Pick<Notice, 'state' | 'people'>): string =>
  `${state}.${people.length}`;

/** What a button carries: `d42 rollback watching.1`. At most 2,000 characters in Slack. */
export const pressValue = (notice: Notice, act: NoticeAct): string =>
  `${notice.deployment} ${act} ${pictureOf(notice)}`;

/** @returns null for a text that is none of ours */
export function readPress(value: string): Press | null {
  const [, deployment = '', act = '', drawn = '', state = ''] =
    /^(d[1-9]\d{0,15}) ([a-z]{1,20}) (([a-z_]{1,20})\.\d{1,4})$/.exec(value) ?? [];
  const known = noticeActs.find((one) => one === act);
  return known !== undefined && isState(state) ? { deployment, act: known, drawn } : null;
}

const isState = (text: string): text is DeploymentState =>
  (deploymentStates as readonly string[]).includes(text);
