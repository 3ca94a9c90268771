import { addCounts, type TickCounts } from './counts.ts';
import type { Hypotheses } from './hypotheses.ts';
import { logLikelihood, logMean, safeExp } from './log-math.ts';

/** Prior of the baseline's rate: half an error in fifty requests; and the highest rate it is taken for. */
const priorErrors = 0.5;
const priorRequests = 50;
const highestBaseline = 0.9;
/** The canary must be worse than the baseline by this factor to be called worse. */
const worseBy = 1.5;
const highestCanary = 0.99;

/**
 * The measure V, "the canary is worse than the old replicas", in batches (Turner, Ly, Grünwald 2021): it holds for
 * any drift that both arms share, so an outage of a database is not blamed on the release.
 */
export interface WorseThanBaseline {
  logs: readonly number[];
  /** The batch that is not closed yet. */
  open: TickCounts;
  /** The baseline in closed batches: its rate is estimated from these only. */
  seen: { requests: number; errors: number };
}

const nothing: TickCounts = { nc: 0, ec: 0, nb: 0, eb: 0 };

export const freshWorseThanBaseline = ({ alternatives }: Hypotheses): WorseThanBaseline => ({
  logs: alternatives.map(() => 0),
  open: nothing,
  seen: { requests: 0, errors: 0 },
});

/** V after one more tick. @param replicas of both arms together: a batch closes at two requests for each */
export function updateWorseThanBaseline(
  measure: WorseThanBaseline,
  tick: TickCounts,
  { alternatives }: Hypotheses,
  replicas: number,
): WorseThanBaseline {
  const open = addCounts(measure.open, tick);
  const full = open.nc > 0 && open.nb > 0 && open.nc + open.nb >= 2 * replicas;
  if (!full) return { ...measure, open };
  const { seen } = measure;
  const qb = Math.min(highestBaseline, (priorErrors + seen.errors) / (priorRequests + seen.requests));
  const logs = alternatives.map((q, index) => (measure.logs[index] ?? 0) + logFactor(open, q, qb));
  return { logs, open: nothing, seen: { requests: seen.requests + open.nb, errors: seen.errors + open.eb } };
}

/** E ≤ 1 whenever the canary's rate is at most the baseline's. */
export const valueOfWorseThanBaseline = ({ logs }: WorseThanBaseline): number => safeExp(logMean(logs));

function logFactor({ nc, ec, nb, eb }: TickCounts, q: number, qb: number): number {
  const rho = nc / (nc + nb);
  const qc = Math.max(q, Math.min(highestCanary, worseBy * qb));
  const q0 = rho * qc + (1 - rho) * qb;
  const canary = logLikelihood(qc, nc, ec) - logLikelihood(q0, nc, ec);
  const baseline = logLikelihood(qb, nb, eb) - logLikelihood(q0, nb, eb);
  return canary + baseline;
}
