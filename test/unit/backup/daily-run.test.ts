import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLastRun, recorded, writeLastRun } from '../../../src/adapters/backups/last-run.ts';
import { startDaily } from '../../../workers/schedule.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  file = join(folder.path, 'last.json');
});
afterEach(() => folder.remove());

const at = { hour: new Date().getHours(), minute: 0 };
const log = { info: () => {}, warn: () => {} };
const threeDaysAgo = new Date(Date.now() - 3 * 86_400_000).toISOString();
const old = {
  since: threeDaysAgo,
  beganAt: threeDaysAgo,
  succeededAt: threeDaysAgo,
  result: 'success' as const,
  reason: null,
};

it('makes up once for what was missed, also when that fails', async () => {
  await writeLastRun(file, old);
  let runs = 0;
  let looks = 0;
  let told = () => {};
  const looked = new Promise<void>((resolve) => {
    told = resolve;
  });
  const watched = { ...log, warn: () => told() };
  const run = () =>
    recorded(
      file,
      () => new Date(),
      async () => {
        runs += 1;
        throw new Error('no disk');
      },
    );
  const first = startDaily({ name: 'x', at, lastRunFile: file, run }, watched, 1);
  await looked;
  await first.stop();
  const second = startDaily({ name: 'x', at, lastRunFile: file, run: async () => ++looks }, log);
  await second.stop();
  expect([runs, looks]).toEqual([1, 0]);
  expect(await readLastRun(file)).toMatchObject({
    result: 'failure',
    reason: 'no disk',
    succeededAt: threeDaysAgo,
  });
});

it('does not take its first start for a missed run', async () => {
  let runs = 0;
  const daily = startDaily({ name: 'x', at, lastRunFile: file, run: async () => ++runs }, log);
  await daily.stop();
  expect(runs).toBe(0);
  expect(await readLastRun(file)).toMatchObject({ beganAt: null, result: null });
});

it('that cannot be looked up is not taken for one that never was', async () => {
  await expect(readLastRun(folder.path)).rejects.toMatchObject({ code: 'EISDIR' });
});
