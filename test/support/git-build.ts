import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const script = fileURLToPath(new URL('../../deploy-templates/base-images/make-image.mjs', import.meta.url));

/** Makes the base image when the engine does not have it. @param kind what make-image.mjs calls it */
export async function ensureBaseImage(kind: 'node' | 'busybox', name: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [script, kind, name]);
  return stdout;
}

/** Whether a process runs with exactly these arguments, in whatever container. */
export async function isRunning(...args: string[]): Promise<boolean> {
  const wanted = `${args.join('\0')}\0`;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    // a process may end while it is looked at
    const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (line === wanted) return true;
  }
  return false;
}
