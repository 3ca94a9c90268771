/** A quantity as people write it, and the number Siskin works with. */
export interface Unit {
  /** What would be right, to be read after "must be". */
  expected: string;
  /** The texts that are right. */
  pattern: RegExp;
  /** Whether a bare number is right too. */
  bare: boolean;
  /** @returns undefined for what is no such quantity */
  parse(value: string | number): number | undefined;
}

/** `250ms`, `15s`, `2m`, `1h`, or several as Compose writes them (`1m30s`) → milliseconds. A bare number has no unit. */
export const duration: Unit = {
  expected: 'a duration such as 250ms, 15s, 2m or 1h',
  bare: false,
  pattern: /^(\d{1,9}(\.\d{1,3})?(ms|s|m|h))+$/,
  parse(value) {
    if (typeof value !== 'string' || value.length > 64 || !this.pattern.test(value)) return undefined;
    const parts = value.matchAll(/([\d.]+)(ms|s|m|h)/g);
    const total = [...parts].reduce(
      (sum, [, amount, unit]) => sum + Number(amount) * factor(durationMs, unit),
      0,
    );
    return total <= longestMs ? Math.round(total) : undefined;
  },
};

/** `768M`, `1g`, `512k`, `1.5GiB` or a number of bytes → bytes. As in Compose, k, m and g are powers of 1024. */
export const size: Unit = {
  expected: 'a size such as 512k, 768M, 1g or a number of bytes',
  bare: true,
  pattern: /^\d{1,15}(\.\d{1,3})?([kKmMgGtT]?([iI]?[bB])?)$/,
  parse(value) {
    if (typeof value === 'number') return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
    const match = this.pattern.test(value) && /^([\d.]+)([a-z]?)/.exec(value.toLowerCase());
    if (!match) return undefined;
    const bytes = Math.round(Number(match[1]) * factor(sizeBytes, match[2]));
    return Number.isSafeInteger(bytes) ? bytes : undefined;
  },
};

/** `25%` or `0.25` → a share from 0 to 1. */
export const share: Unit = {
  expected: 'a share such as 25% or 0.25',
  bare: true,
  pattern: /^(\d{1,3}(\.\d{1,6})?%|[01]?\.?\d{1,9})$/,
  parse(value) {
    const text = String(value);
    if (!this.pattern.test(text)) return undefined;
    const parsed = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
    return parsed <= 1 ? parsed : undefined;
  },
};

/** `"1.5"` CPUs → 1500000000, the engine's nano-CPUs. */
export const cpus: Unit = {
  expected: 'a number of CPUs such as "0.5" or 2',
  bare: true,
  pattern: /^\d{1,4}(\.\d{1,9})?$/,
  parse(value) {
    const text = String(value);
    return this.pattern.test(text) && Number(text) > 0 ? Math.round(Number(text) * 1e9) : undefined;
  },
};

/** Longer waits are mistakes, and timers end at 2^31 ms. */
const longestMs = 24 * 24 * 3_600_000;
const durationMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const sizeBytes = { '': 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

const factor = (table: Record<string, number>, unit = ''): number => table[unit] ?? Number.NaN;
