/** `ln(n!)`: exact sums below 256, Stirling's series above (error below 1e-12). */
function logFactorial(n: number): number {
  const known = logFactorials[n];
  if (known !== undefined) return known;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}

const logFactorials = Array.from({ length: 256 }, () => 0);
for (let n = 2; n < logFactorials.length; n++) {
  logFactorials[n] = (logFactorials[n - 1] ?? 0) + Math.log(n);
}

const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** Sums terms given by their logs, from a first to a last index, both included. */
function sumOf(first: number, last: number, logTerm: (index: number) => number): number {
  let sum = 0;
  for (let index = first; index <= last; index++) sum += Math.exp(logTerm(index));
  return Math.min(1, sum);
}

/** P(X ≥ e) for X binomial with n trials of rate p in (0,1). */
export function binomialTail(e: number, n: number, p: number): number {
  if (e <= 0) return 1;
  return sumOf(e, n, (k) => logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p));
}

/** P(canary's errors ≥ ec) given the margins: Fisher's exact test, one-sided. */
export function fisherTail(ec: number, nc: number, eb: number, nb: number): number {
  const errors = ec + eb;
  const all = logChoose(nc + nb, errors);
  return sumOf(ec, Math.min(nc, errors), (k) =>
    errors - k > nb ? Number.NEGATIVE_INFINITY : logChoose(nc, k) + logChoose(nb, errors - k) - all,
  );
}

/** The exact (Clopper-Pearson) one-sided 95 % upper bound of a rate, e failures seen in n; 1 when nothing was seen. */
export function upperBound95(e: number, n: number): number {
  if (n === 0 || e >= n) return 1;
  let low = e / n;
  let high = 1;
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (1 - binomialTail(e + 1, n, middle) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}
