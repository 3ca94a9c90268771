import { readdir, readFile } from 'node:fs/promises';

/** The command line of every process on this machine now, by pid. */
export async function commandLines(): Promise<Map<number, string>> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map(async (pid): Promise<[number, string]> => {
      // one that has ended meanwhile has none
      const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return [Number(pid), raw.replaceAll('\0', ' ').trim()];
    }),
  );
  return new Map(lines);
}
