import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

const gib = 1024 ** 3;

/** dataDir can be written, and there is room for mirrors, images and logs. */
export async function checkDisk(subject: Subject): Promise<Finding[]> {
  const folder = await existingFolder(resolve(subject.dataDir));
  const { bavail, bsize } = await statfs(folder);
  return [await checkWritable(subject.dataDir, folder), judgeFree(folder, Number(bavail) * Number(bsize))];
}

/** @param freeBytes what the user may still write */
export function judgeFree(folder: string, freeBytes: number): Finding {
  const detail = `${(freeBytes / gib).toFixed(1)} GiB free at ${folder}`;
  if (freeBytes < gib) return fail('disk', detail, 'Free some space: builds and Redis fail on a full disk.');
  if (freeBytes < 5 * gib)
    return warn('disk', detail, 'Images of a few releases take more than that: free some space.');
  return ok('disk', detail);
}

async function checkWritable(dataDir: string, folder: string): Promise<Finding> {
  try {
    await access(folder, constants.W_OK | constants.X_OK);
    return ok('dataDir', folder === resolve(dataDir) ? `${dataDir} is writable` : `${dataDir} can be made`);
  } catch {
    // The one thing `access` tells is "no".
    return fail(
      'dataDir',
      `${folder} is not writable by this user`,
      'Change its owner, or dataDir in siskin.yaml.',
    );
  }
}

/** The folder itself, or the nearest one above it that exists. */
async function existingFolder(folder: string): Promise<string> {
  try {
    await access(folder);
    return folder;
  } catch (error) {
    if (folder === dirname(folder)) throw error;
    return existingFolder(dirname(folder));
  }
}
