/** What U, V and D compare: the highest acceptable rate, and the rates that are tried as the canary's true one. */
export interface Hypotheses {
  /** Share 0..1, exclusive. */
  limit: number;
  /** Shares above the limit. */
  alternatives: readonly number[];
}

/** Multiples of theta that are tried, and a release that fails nearly always (VERDICT.md). */
const multiples = [2, 5, 12];
const nearlyAll = 0.98;

/** Theta with {2θ, 5θ, 12θ, 0.98}, those below 1; of a theta above all of these, half the way to 1. */
export function hypotheses(theta: number): Hypotheses {
  const tried = [...multiples.map((multiple) => multiple * theta), nearlyAll].filter(
    (q) => q < 1 && q > theta,
  );
  return { limit: theta, alternatives: tried.length > 0 ? tried : [(1 + theta) / 2] };
}

/** During the warm-up only a release that fails more than half of its requests is bad. */
const warmUpLimit = 0.5;
const warmUpAlternatives = [0.75, nearlyAll];

/** The hypotheses of the warm-up; those of theta itself where that is higher. */
export const warmUpHypotheses = (theta: number): Hypotheses =>
  theta >= warmUpLimit ? hypotheses(theta) : { limit: warmUpLimit, alternatives: warmUpAlternatives };
