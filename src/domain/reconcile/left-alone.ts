import type { EnvironmentKey } from '../names.ts';
import type { IgnoreReason, PushDecision, PushEvent } from '../push-policy.ts';
import type { IgnoredHead } from './missed-head.ts';

/** Reasons that concern the pushed commit, which is now the head of a tracked branch. */
const aboutTheHead: readonly IgnoreReason[] = ['skip-requested', 'forced-push-refused'];

/** The heads that a push leaves undeployed on purpose: nobody missed them. */
export const headsLeftAlone = (
  { ref, after }: PushEvent,
  decisions: readonly PushDecision[],
): (EnvironmentKey & IgnoredHead)[] =>
  decisions.flatMap((one) => {
    if (one.kind === 'accept' || !aboutTheHead.includes(one.reason)) return [];
    const { app, environment, reason } = one;
    if (app === null || environment === null) return [];
    return [{ app, environment, branch: ref.replace(/^refs\/heads\//, ''), sha: after, reason }];
  });
