import { type Deployment, type DeploymentState, isEndState } from '../deployment.ts';

/** What a person can be offered to do. */
export const noticeActs = ['promote', 'rollback', 'cancel', 'retry', 'freeze', 'unfreeze'] as const;
export type NoticeAct = (typeof noticeActs)[number];

/** What the environment stands on, as far as it decides what can be done. */
export interface Standing {
  /** The newest deployment asked for. */
  wanted: string | null;
  current: number | null;
  previous: number | null;
}

const whileRunning: Partial<Record<DeploymentState, readonly NoticeAct[]>> = {
  queued: ['cancel'],
  fetching: ['cancel'],
  building: ['cancel'],
  preparing: ['cancel'],
  canary: ['promote', 'cancel', 'freeze'],
  held: ['promote', 'rollback', 'freeze'],
  frozen: ['promote', 'rollback', 'unfreeze'],
  rolling: ['rollback', 'freeze'],
  watching: ['rollback', 'freeze'],
};

/**
 * Only what can work now. Of a deployment that has ended, only the newest of its environment can be retried, and only
 * what serves can be gone back from.
 *
 * @param frozen the environment stands still, whatever the state says yet
 */
export function possibleActs(
  { id, state, release }: Pick<Deployment, 'id' | 'state' | 'release'>,
  { wanted, current, previous }: Standing,
  frozen: boolean,
): NoticeAct[] {
  if (!isEndState(state)) {
    const acts = whileRunning[state] ?? [];
    return frozen && acts.includes('freeze')
      ? acts.map((act) => (act === 'freeze' ? 'unfreeze' : act))
      : [...acts];
  }
  if (wanted !== id) return [];
  if (state === 'succeeded') return release === current && previous !== null ? ['rollback'] : [];
  return state === 'superseded' ? [] : ['retry'];
}
