import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileBackupShelf } from '../../../src/adapters/backups/backup-shelf.ts';
import { readLastRun, recorded, writeLastRun } from '../../../src/adapters/backups/last-run.ts';
import { type BackupWorld, takeBackup } from '../../../src/pipeline/backup/take-backup.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const reason = new Error('superseded by d2');
const order = {
  id: '20261125T020000Z-3f9a11c2',
  createdAt: new Date('2026-11-25T02:00:00Z'),
  siskin: '1',
  reason: 'before d1 of shop/production',
  databases: [],
  volumes: ['files'],
  keep: { last: 1, daily: 0, weekly: 0, monthly: 0 },
};

const unasked = () => Promise.reject(new Error('not asked'));

/** A volume of which a part has come, and no more does; `onWait` is told so. */
const stuck = (onWait: () => void): BackupWorld['volumes'] => ({
  save: (_, take) =>
    take(
      (async function* () {
        yield Buffer.from('a part');
        onWait();
        await new Promise(() => {});
      })(),
    ),
  checkUnused: unasked,
  restore: unasked,
});

it('a backup that nobody needs any more ends at once, leaves nothing, and counts as none', async () => {
  const ended = new AbortController();
  const world: BackupWorld = {
    shelf: new FileBackupShelf(join(folder.path, 'backups')),
    volumes: stuck(() => ended.abort(reason)),
    databases: { facts: unasked, dump: unasked, restore: unasked, rehearse: unasked },
  };
  const file = join(folder.path, 'last.json');
  const last = {
    since: '2026-11-01T00:00:00.000Z',
    beganAt: '2026-11-24T02:00:00.000Z',
    succeededAt: '2026-11-24T02:01:00.000Z',
    result: 'success' as const,
    reason: null,
  };
  await writeLastRun(file, last);
  const run = () => takeBackup(world, { ...order, signal: ended.signal });
  await expect(recorded(file, () => new Date(), run, ended.signal)).rejects.toBe(reason);
  expect(await readdir(join(folder.path, 'backups'))).toEqual([]);
  expect(await readLastRun(file)).toEqual(last);
});
