import { readdir, readFile } from 'node:fs/promises';

/** The command line of every process on this machine now, by pid. */
export const commandLines = async (): Promise<Map<number, string>> => linesOf(await allPids());

/**
 * The same of what this process has started, and of what that has. The command line of a process that fights for its
 * memory limit can be unreadable for half a minute (measured: 22 s), so a test beside others looks at its own only.
 */
export async function ownCommandLines(): Promise<Map<number, string>> {
  const parents = new Map(await Promise.all((await allPids()).map(parentOf)));
  const isOwn = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === process.pid || isOwn(parents.get(pid)));
  return linesOf([...parents.keys()].filter((pid) => pid !== process.pid && isOwn(pid)));
}

const allPids = async (): Promise<number[]> =>
  (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);

/** proc(5): the fourth field of /proc/PID/stat, the second one being a name in parentheses. */
async function parentOf(pid: number): Promise<[number, number]> {
  // one that has ended meanwhile has none
  const raw = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return [pid, Number(raw.slice(raw.lastIndexOf(')') + 1).split(' ')[2] ?? 0)];
}

async function linesOf(pids: readonly number[]): Promise<Map<number, string>> {
  const lines = await Promise.all(
    pids.map(async (pid): Promise<[number, string]> => {
      // one that has ended meanwhile has none
      const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return [pid, raw.replaceAll('\0', ' ').trim()];
    }),
  );
  return new Map(lines);
}
