/** Uniform numbers in [0, 1). */
export type Random = () => number;

/** A seeded generator (Mulberry32): the same seed gives the same runs on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Above this mean the transformed rejection is faster than counting. */
const countingLimit = 10;

/** A Poisson number: counted products of uniforms for small means, Hörmann's PTRS (1993) for large ones. */
export function poisson(mean: number, random: Random): number {
  if (mean <= 0) return 0;
  return mean < countingLimit ? countedPoisson(mean, random) : rejectedPoisson(mean, random);
}

function countedPoisson(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > limit; product *= random()) count++;
  return count;
}

function rejectedPoisson(mean: number, random: Random): number {
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const vr = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = random() - 0.5;
    const v = random();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const accept = Math.log((v * inverseAlpha) / (a / (us * us) + b));
    if (accept <= -mean + k * Math.log(mean) - logFactorial(k)) return k;
  }
}

/** Stirling's series; exact enough for k ≥ 0 after a shift. */
function logFactorial(k: number): number {
  let shift = 0;
  let n = k;
  while (n < 10) {
    n++;
    shift += Math.log(n);
  }
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3) - shift;
}
