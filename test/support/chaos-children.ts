import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

/** Processes of this machine whose command line names the folder, this one excepted. */
export async function processesNaming(folder: string): Promise<{ pid: number; command: string }[]> {
  const found: { pid: number; command: string }[] = [];
  for (const entry of await readdir('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const command = (await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
    if (command.includes(`${folder}/`)) found.push({ pid, command });
  }
  return found;
}

/** The pid of a program that Siskin keeps, e.g. `redis` or `haproxy`. @throws Error when there is none */
export async function childOf(dataDir: string, name: 'redis' | 'haproxy' | 'prometheus'): Promise<number> {
  const pid = Number((await readFile(`${dataDir}/${name}/${name}.pid`, 'utf8')).trim());
  if (!Number.isInteger(pid) || pid <= 1) throw new Error(`no pid of ${name}`);
  return pid;
}

/** Ends what a killed Siskin left running: it is detached, and known by the folder on its command line. */
export async function endChildrenOf(dataDir: string): Promise<void> {
  for (;;) {
    const left = await processesNaming(dataDir);
    if (left.length === 0) return;
    for (const { pid } of left) kill(pid, 'SIGKILL');
    await delay(20);
  }
}

/** Resolves when another process than `pid` is the program's, i.e. Siskin has started it again. */
export async function replacedChild(
  dataDir: string,
  name: 'redis' | 'haproxy' | 'prometheus',
  pid: number,
): Promise<number> {
  for (;;) {
    const now = await childOf(dataDir, name).catch(() => pid);
    if (now !== pid) return now;
    await delay(20);
  }
}

/** Sends a signal; to one that has ended meanwhile is no error. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
