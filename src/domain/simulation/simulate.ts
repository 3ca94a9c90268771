import { canaryVerdict, foundBad, type Verdict } from '../canary-verdict.ts';
import type { CanarySpec } from '../service-spec.ts';
import {
  addTick,
  type Evidence,
  type EvidenceTick,
  evidenceSetting,
  freshEvidence,
} from '../verdict/evidence.ts';
import { poisson, type Random } from './random.ts';

/** How long the new release's failed requests are counted, in ms. */
const horizonMs = 15 * 60_000;

/** What is tried: a policy, a traffic, and how both releases behave. */
export interface Scenario {
  spec: CanarySpec;
  /** Replicas of both arms together. */
  replicas: number;
  tickMs: number;
  /** Requests/s of the whole environment. */
  requestsPerSecond: number;
  /** Shares 0..1 of 5xx. */
  canary5xx: number;
  baseline5xx: number;
  /** When the canary's share begins, in ms after it was attached; the baseline's share before. */
  onsetMs: number;
}

/** How one simulated deployment went. */
export interface RunResult {
  /** `AtDeadline`: by the one exact look that rule 5 has then, and no earlier. */
  outcome: 'rolledBack' | 'rolledBackAtDeadline' | 'rolledBackInWatch' | 'promoted' | 'held';
  lowEvidence: boolean;
  failedRequests: number;
  /** To promotion, rollback before it, or hold. */
  secondsToVerdict: number;
}

export interface SimulationResult {
  runs: number;
  rolledBack: number;
  /** Those of `rolledBack` that only the exact look at the deadline found. */
  rolledBackAtDeadline: number;
  rolledBackInWatch: number;
  promoted: number;
  promotedLowEvidence: number;
  held: number;
  meanFailedRequests: number;
  meanSecondsToVerdict: number;
  p95SecondsToVerdict: number;
}

/** Simulates deployments with the very verdict that decides real ones. Actuation takes no time. */
export function simulate(scenario: Scenario, runs: number, random: Random): SimulationResult {
  const results = Array.from({ length: runs }, () => simulateRun(scenario, random));
  const share = (matches: (result: RunResult) => boolean) => results.filter(matches).length / runs;
  const mean = (value: (result: RunResult) => number) =>
    results.reduce((sum, result) => sum + value(result), 0) / runs;
  const seconds = results.map(({ secondsToVerdict }) => secondsToVerdict).sort((a, b) => a - b);
  return {
    runs,
    rolledBack: share(({ outcome }) => outcome === 'rolledBack' || outcome === 'rolledBackAtDeadline'),
    rolledBackAtDeadline: share(({ outcome }) => outcome === 'rolledBackAtDeadline'),
    rolledBackInWatch: share(({ outcome }) => outcome === 'rolledBackInWatch'),
    promoted: share(({ outcome }) => outcome === 'promoted' || outcome === 'rolledBackInWatch'),
    promotedLowEvidence: share(({ lowEvidence }) => lowEvidence),
    held: share(({ outcome }) => outcome === 'held'),
    meanFailedRequests: mean(({ failedRequests }) => failedRequests),
    meanSecondsToVerdict: mean(({ secondsToVerdict }) => secondsToVerdict),
    p95SecondsToVerdict: seconds[Math.min(runs - 1, Math.ceil(runs * 0.95) - 1)] ?? 0,
  };
}

function simulateRun(scenario: Scenario, random: Random): RunResult {
  const { spec, tickMs } = scenario;
  const setting = evidenceSetting(spec, scenario.replicas, tickMs);
  let evidence = freshEvidence(setting);
  for (let t = tickMs; ; t += tickMs) {
    evidence = addTick(evidence, drawTick(scenario, t, spec.share, random), setting);
    const input = { evidence, setting, conditions: {}, bakedMs: t, blindMs: 0, hasBaseline: true };
    const policy = { canary: spec, analysis: [] };
    const verdict = canaryVerdict(input, policy);
    if (verdict.decision === 'continue') continue;
    const secondsToVerdict = t / 1000;
    if (verdict.decision === 'promote') return watchRun(scenario, evidence, t, verdict, random);
    const rolledBack = foundBad(input, policy) ? 'rolledBack' : 'rolledBackAtDeadline';
    const outcome = verdict.decision === 'hold' ? 'held' : rolledBack;
    return { outcome, lowEvidence: false, failedRequests: failedOf(evidence), secondsToVerdict };
  }
}

const failedOf = ({ warmUp, afterwards }: Evidence): number => warmUp.total.ec + afterwards.total.ec;

/** After the promotion the new release has all traffic, to the end of the watch; then to the horizon unwatched. */
function watchRun(
  scenario: Scenario,
  before: Evidence,
  promotedMs: number,
  verdict: Verdict,
  random: Random,
): RunResult {
  const { spec, tickMs } = scenario;
  const setting = evidenceSetting(spec, scenario.replicas, tickMs);
  const lowEvidence = verdict.decision === 'promote' && verdict.evidence === 'low';
  const secondsToVerdict = promotedMs / 1000;
  let evidence = before;
  let t = promotedMs;
  for (; t < promotedMs + spec.watchMs && t < horizonMs; ) {
    t += tickMs;
    evidence = addTick(evidence, drawTick(scenario, t, 1, random), setting);
    const input = { evidence, setting, conditions: {}, bakedMs: t, blindMs: 0, hasBaseline: false };
    if (foundBad(input, { canary: spec, analysis: [] }) === undefined) continue;
    const failedRequests = failedOf(evidence);
    return { outcome: 'rolledBackInWatch', lowEvidence, failedRequests, secondsToVerdict };
  }
  const restSeconds = Math.max(0, horizonMs - t) / 1000;
  const unwatched = poisson(restSeconds * scenario.requestsPerSecond * scenario.canary5xx, random);
  return {
    outcome: 'promoted',
    lowEvidence,
    failedRequests: failedOf(evidence) + unwatched,
    secondsToVerdict,
  };
}

/** Failures and successes are independent Poisson numbers (thinning). */
function drawTick(scenario: Scenario, t: number, share: number, random: Random): EvidenceTick {
  const { requestsPerSecond, tickMs, canary5xx, baseline5xx, onsetMs } = scenario;
  const requests = (requestsPerSecond * tickMs) / 1000;
  const pc = t > onsetMs ? canary5xx : baseline5xx;
  const ec = poisson(requests * share * pc, random);
  const eb = poisson(requests * (1 - share) * baseline5xx, random);
  return {
    nc: ec + poisson(requests * share * (1 - pc), random),
    ec,
    nb: eb + poisson(requests * (1 - share) * (1 - baseline5xx), random),
    eb,
    beganMs: t - tickMs,
  };
}
