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

/** Terms smaller than this part of their sum change nothing in double precision. */
const negligible = 1e-17;

/** A distribution with one peak: the log of a term, and its ratio to the term before it. */
interface Unimodal {
  mode: number;
  logTerm: (k: number) => number;
  ratio: (k: number) => number;
}

/** The sum of the terms first..last, from the largest one outwards: about √n terms matter, whatever n is. */
function sumTerms({ mode, logTerm, ratio }: Unimodal, first: number, last: number): number {
  if (first > last) return 0;
  const peak = Math.min(last, Math.max(first, mode));
  const top = Math.exp(logTerm(peak));
  let sum = top;
  let term = top;
  for (let k = peak + 1; k <= last && term > negligible * sum; k++) {
    term *= ratio(k);
    sum += term;
  }
  term = top;
  for (let k = peak; k > first && term > negligible * sum; k--) {
    term /= ratio(k);
    sum += term;
  }
  return Math.min(1, sum);
}

const binomial = (n: number, p: number): Unimodal => ({
  mode: Math.floor((n + 1) * p),
  logTerm: (k) => logChoose(n, k) + k * Math.log(p) + (n - k) * Math.log1p(-p),
  ratio: (k) => ((n - k + 1) / k) * (p / (1 - p)),
});

/** P(X ≥ e) for X binomial with n trials of rate p in (0,1). */
export const binomialTail = (e: number, n: number, p: number): number =>
  e <= 0 ? 1 : sumTerms(binomial(n, p), e, n);

/** P(canary's errors ≥ ec) given the margins: Fisher's exact test, one-sided. */
export function fisherTail(ec: number, nc: number, eb: number, nb: number): number {
  const errors = ec + eb;
  const all = logChoose(nc + nb, errors);
  const hypergeometric: Unimodal = {
    mode: Math.floor(((errors + 1) * (nc + 1)) / (nc + nb + 2)),
    logTerm: (k) => logChoose(nc, k) + logChoose(nb, errors - k) - all,
    ratio: (k) => ((nc - k + 1) / k) * ((errors - k + 1) / (nb - errors + k)),
  };
  return sumTerms(hypergeometric, Math.max(ec, errors - nb), Math.min(nc, errors));
}

/** The exact (Clopper-Pearson) one-sided 95 % upper bound of a rate, e failures seen in n; 1 when nothing was seen. */
export function upperBound95(e: number, n: number): number {
  if (n === 0 || e >= n) return 1;
  let low = e / n;
  let high = 1;
  for (let round = 0; round < 50; round++) {
    const middle = (low + high) / 2;
    if (sumTerms(binomial(n, middle), 0, e) > 0.05) low = middle;
    else high = middle;
  }
  return high;
}
