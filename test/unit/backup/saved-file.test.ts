import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileBackupShelf } from '../../../src/adapters/backups/backup-shelf.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

it('a saved file that is gone is an error of who reads it, and none before that', async () => {
  const id = '20261125T020000Z-3f9a11c2';
  const saved = { file: 'shop.tar.gz', bytes: 1, sha256: '0'.repeat(64) };
  const chunks = new FileBackupShelf(folder.path).open(id, saved);
  // a restore empties its volume in this while. What was opened before this has been answered, too
  await setImmediate();
  await expect(open(join(folder.path, id, saved.file))).rejects.toThrow('ENOENT');
  await setImmediate();
  await expect(chunks[Symbol.asyncIterator]().next()).rejects.toThrow('ENOENT');
});
