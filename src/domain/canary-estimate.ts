import type { CanaryPolicy } from './journal.ts';
import { tickMs } from './rollout/analysis.ts';
import { freshBelowLimit, updateBelowLimit, valueOfBelowLimit } from './verdict/below-limit.ts';
import { addTick, evidenceSetting, freshEvidence, measuresOf } from './verdict/evidence.ts';
import { promoteAt, rollBackAt } from './verdict/measures.ts';

/**
 * What a policy means at a given traffic, as one sentence for people: when a release without a failure is promoted, and
 * after how many of its own requests one that fails them all goes back. Reckoned with the verdict's own measures.
 *
 * @param policy a share of 1 stands for a release that has nothing beside it to be compared with
 * @param requestsPerSecond of both releases together, 0 or more
 */
export function estimateSentence(policy: CanaryPolicy, requestsPerSecond: number): string {
  const latest = `maxBake, ${wholeSeconds(policy.maxBakeMs)}`;
  if (requestsPerSecond <= 0) return `Without requests a release is promoted at ${latest}, on low evidence.`;
  const cleanMs = msToPromote(policy, requestsPerSecond);
  const clean =
    cleanMs > policy.maxBakeMs
      ? `is promoted on low evidence at ${latest}`
      : `is promoted in about ${wholeSeconds(cleanMs)}`;
  const failing = requestsToRollBack(policy, requestsPerSecond);
  const bad =
    failing === null ? 'is not rolled back by them' : `is rolled back after ${failing} of its requests`;
  return `At this traffic (${rate(requestsPerSecond)}) a clean release ${clean}, an all-failing one ${bad}.`;
}

function msToPromote(policy: CanaryPolicy, requestsPerSecond: number): number {
  const { warmUpMs } = evidenceSetting(policy, policy.replicas, tickMs);
  const perSecond = requestsPerSecond * policy.share;
  const evidenceMs = warmUpMs + (cleanRequestsToPromote(policy.max5xx) / perSecond) * 1_000;
  return Math.max(policy.minBakeMs, evidenceMs);
}

/** The fewest requests without a failure that are enough evidence; D depends on their number only, and grows with it. */
function cleanRequestsToPromote(theta: number): number {
  const enough = (nc: number) =>
    valueOfBelowLimit(updateBelowLimit(freshBelowLimit, { nc, ec: 0, nb: 0, eb: 0 }, theta)) >= promoteAt;
  let high = 1;
  while (!enough(high)) high *= 2;
  let low = Math.floor(high / 2);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** No policy that makes sense needs more failures than this. */
const mostFailures = 10_000;

/** Failures one by one, each with its part of clean baseline requests; but nothing is seen before a tick is over. */
function requestsToRollBack(policy: CanaryPolicy, requestsPerSecond: number): number | null {
  const { share, compare, replicas } = policy;
  const compared = compare === 'baseline' && share < 1;
  const perSecond = requestsPerSecond * share;
  const setting = evidenceSetting(policy, replicas, tickMs);
  const tick = { nc: 1, ec: 1, nb: (1 - share) / share, eb: 0 };
  let evidence = freshEvidence(setting);
  for (let failures = 1; failures <= mostFailures; failures += 1) {
    const beganMs = ((failures - 1) / perSecond) * 1_000;
    evidence = addTick(evidence, { ...tick, beganMs }, setting);
    const { u, v } = measuresOf(evidence, setting, beganMs);
    if (u >= rollBackAt && (!compared || v >= rollBackAt))
      return Math.max(failures, Math.round((perSecond * tickMs) / 1_000));
  }
  return null;
}

const wholeSeconds = (ms: number): string => `${Math.ceil(ms / 1_000 - 1e-9)} s`;

function rate(perSecond: number): string {
  if (perSecond < 0.001) return 'less than 0.001 requests/s';
  const shown = perSecond >= 100 ? Math.round(perSecond) : Number(perSecond.toPrecision(2));
  return `${shown} ${shown === 1 ? 'request' : 'requests'}/s`;
}
