import type { Unit } from '../units.ts';

/** `36h` or `90d` → milliseconds; at most ten years. Waits have another unit, which ends where timers do. */
export const age: Unit = {
  expected: 'an age such as 36h or 90d',
  bare: false,
  pattern: /^\d{1,5}[hd]$/,
  parse(value) {
    if (typeof value !== 'string' || !this.pattern.test(value)) return undefined;
    const ms = Number(value.slice(0, -1)) * (value.endsWith('d') ? dayMs : hourMs);
    return ms <= 3_650 * dayMs ? ms : undefined;
  },
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
