import { randomInt } from 'node:crypto';
import { seededRandom } from '../../src/domain/simulation/random.ts';

/** `SISKIN_CHAOS=long`: the full numbers; otherwise the short form that runs with every `npm test`. */
export const isLong = process.env.SISKIN_CHAOS === 'long';

/** The short or the long form's number. */
export const sized = <T>(short: T, long: T): T => (isLong ? long : short);

/** Everything random in one chaos test. */
export interface Chaos {
  seed: number;
  /** Uniform in [0, 1). */
  random(): number;
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  shuffled<T>(list: readonly T[]): T[];
  /** Prints figures, always with the seed. */
  print: (figures: Record<string, unknown>) => void;
}

/**
 * Begins a chaos test: its seed is `SISKIN_CHAOS_SEED`, else a random one; it is printed at once, so that a run that
 * hangs can be repeated as well. @throws Error for a seed that is no number
 */
export function beginChaos(name: string): Chaos {
  const seed = seedFromEnvironment() ?? randomInt(2 ** 31);
  const random = seededRandom(seed);
  const below = (bound: number) => Math.floor(random() * bound);
  const print = (figures: Record<string, unknown>) => {
    console.log(`chaos ${name}: ${JSON.stringify({ seed, form: sized('short', 'long'), ...figures })}`);
  };
  print({});
  return {
    seed,
    random,
    below,
    chance: (probability) => random() < probability,
    pick: (from) => from[below(from.length)] ?? from[0],
    shuffled: (list) =>
      list
        .map((item) => ({ item, key: random() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item),
    print,
  };
}

function seedFromEnvironment(): number | undefined {
  const text = process.env.SISKIN_CHAOS_SEED;
  if (text === undefined || text === '') return undefined;
  const seed = Number(text);
  if (!Number.isSafeInteger(seed) || seed < 0) throw new Error(`SISKIN_CHAOS_SEED is no seed: ${text}`);
  return seed;
}

/** p50, p99 and max, rounded to a tenth; zeros for none. */
export function spread(values: readonly number[]): { p50: number; p99: number; max: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
    return Math.round(value * 10) / 10;
  };
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
