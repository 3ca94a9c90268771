import type { DeploymentState } from '../../domain/deployment.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import { type Press, pictureOf } from '../../domain/notice/press.ts';
import { type Member, mayDo } from './members.ts';

export type PressDecision =
  | { kind: 'go'; notice: Notice }
  | { kind: 'not-allowed' }
  | { kind: 'gone' }
  | { kind: 'stale'; state: DeploymentState; replacedBy: string | null };

/**
 * Whether a button holds: its presser may press it, and the deployment is still as it was drawn with it. Pure.
 * @param notice the deployment as it is now; null when it is not on record
 * @param newest the newest deployment of its environment
 */
export function decidePress(
  { act, drawn, deployment }: Press,
  member: Member,
  notice: Notice | null,
  newest: string | null,
): PressDecision {
  if (!mayDo(member, 'deployer')) return { kind: 'not-allowed' };
  if (notice === null) return { kind: 'gone' };
  if (pictureOf(notice) === drawn && notice.acts.includes(act)) return { kind: 'go', notice };
  const later = newest !== null && newest !== deployment ? newest : null;
  return { kind: 'stale', state: notice.state, replacedBy: notice.supersededBy ?? later };
}
