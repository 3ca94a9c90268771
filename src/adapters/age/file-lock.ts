import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../../domain/errors/code-of.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/**
 * Does the work while no other process does so under the same path. A lock whose process has ended is taken over.
 * @throws SiskinError SECRETS_BUSY at once when another process holds it
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  if (!(await take(path))) {
    const holder = Number(await readFile(path, 'utf8').catch(() => ''));
    if (isAlive(holder))
      throw new SiskinError('SECRETS_BUSY', `process ${holder} is changing these secrets at this moment`);
    await rm(path, { force: true });
    if (!(await take(path)))
      throw new SiskinError('SECRETS_BUSY', 'another process has begun to change these secrets');
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}
