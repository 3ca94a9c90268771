import { defineConfig } from 'vitest/config';

const suite = (name: string, testTimeoutMs: number, fileParallelism: boolean) => ({
  extends: true as const,
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    fileParallelism,
  },
});

export default defineConfig({
  test: {
    projects: [
      suite('unit', 30_000, true),
      suite('contract', 120_000, true),
      suite('integration', 120_000, true),
      suite('e2e', 300_000, false),
    ],
  },
});
