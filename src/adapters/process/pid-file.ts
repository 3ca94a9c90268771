import { readFile, rename, rm, writeFile } from 'node:fs/promises';

/** @returns the pid of the file, null when there is none in it */
export async function readPid(path: string): Promise<number | null> {
  try {
    const [, pid] = /^([1-9]\d{0,9})\s*$/.exec(await readFile(path, 'utf8')) ?? [];
    return pid === undefined ? null : Number(pid);
  } catch {
    return null; // the first start
  }
}

export async function writePid(path: string, pid: number): Promise<void> {
  await writeFile(`${path}.new`, `${pid}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

export const removePid = (path: string): Promise<void> => rm(path, { force: true });
