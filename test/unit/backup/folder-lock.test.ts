import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { withFolderLock } from '../../../src/adapters/backups/folder-lock.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeEach(async () => {
  folder = await temporaryFolder();
});
afterEach(() => folder.remove());

const busy = expect.objectContaining({ code: 'BACKUP_RUNNING' });

it('lets one in at a time, and the next one when it has ended', async () => {
  const options = { beatMs: 5, watchMs: 500 };
  await withFolderLock(
    folder.path,
    () => expect(withFolderLock(folder.path, async () => 'both', options)).rejects.toEqual(busy),
    options,
  );
  expect(await withFolderLock(folder.path, async () => 'after', options)).toBe('after');
  expect(await readdir(folder.path)).toEqual([]);
});

it('takes over what a killed process left, whatever its name was, once', async () => {
  await writeFile(join(folder.path, '.in-use'), 'left');
  const options = { beatMs: 5, watchMs: 300 };
  let inside = 0;
  const work = async () => {
    inside += 1;
    expect(inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
    return 'done';
  };
  expect(await withFolderLock(folder.path, work, options)).toBe('done');
});

it('gives way when the work fails', async () => {
  await expect(withFolderLock(folder.path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(folder.path)).toEqual([]);
});

it('leaves the lock of another alone, who took it over while this one slept', async () => {
  const file = join(folder.path, '.in-use');
  const beatMs = 2_000;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await withFolderLock(folder.path, async () => {
      await vi.advanceTimersByTimeAsync(beatMs);
      await writeFile(file, 'another');
      await vi.advanceTimersByTimeAsync(3 * beatMs);
    });
  } finally {
    vi.useRealTimers();
  }
  expect(await readFile(file, 'utf8')).toBe('another');
});
