/** Largest exponent that still gives a finite number with room to add. */
const maxExponent = 700;

/** `ln(e^a + e^b)` without leaving the logarithms; −∞ stands for zero. */
export function logAdd(a: number, b: number): number {
  const high = Math.max(a, b);
  if (high === Number.NEGATIVE_INFINITY) return high;
  return high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** `ln` of the mean of `e^x` over all x. */
export const logMean = (logs: readonly number[]): number =>
  logs.reduce(logAdd, Number.NEGATIVE_INFINITY) - Math.log(logs.length);

/** `e^x`, clamped so that it stays finite. */
export const safeExp = (x: number): number => Math.exp(Math.min(maxExponent, x));

/** Logarithm of the likelihood of e failures in n under rate p, p in (0,1): `p^e · (1-p)^(n-e)`. */
export const logLikelihood = (p: number, n: number, e: number): number =>
  e * Math.log(p) + (n - e) * Math.log1p(-p);
