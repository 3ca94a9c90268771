import { defineConfig } from 'vitest/config';

/** Suites that run the command itself. */
const startsSiskin = ['integration', 'e2e', 'chaos'];

/** One suite after the other: load of one must not disturb the timing of the next. */
const suite = (order: number, name: string, testTimeoutMs: number, fileParallelism: boolean) => ({
  extends: true as const,
  test: {
    name,
    globalSetup: startsSiskin.includes(name) ? ['test/support/bundle-siskin.ts'] : [],
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    fileParallelism,
    sequence: { groupOrder: order },
  },
});

/** Most of what a test of the whole does is waiting, so two files share two cores well; vitest would leave one core idle. */
const filesAtOnce = 2;

export default defineConfig({
  test: {
    maxWorkers: filesAtOnce,
    projects: [
      suite(0, 'unit', 30_000, true),
      suite(1, 'contract', 120_000, true),
      suite(2, 'integration', 120_000, true),
      suite(3, 'e2e', 300_000, true),
      suite(4, 'chaos', process.env.SISKIN_CHAOS === 'long' ? 24 * 3_600_000 : 300_000, false),
    ],
  },
});
