import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/** Held while a Siskin runs on a data directory. */
export interface InstanceLock {
  release(): Promise<void>;
}

/**
 * Makes sure that one Siskin at a time works on a data directory. A lock whose process is gone, or whose pid
 * another program has got since, is taken over.
 *
 * @throws SiskinError ANOTHER_INSTANCE naming the process that runs
 */
export async function lockInstance(dataDir: string): Promise<InstanceLock> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'siskin.pid');
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(file)) return { release: () => rm(file, { force: true }) };
    const holder = await readHolder(file);
    if (holder !== null && (await startTimeOf(holder.pid)) === holder.started)
      throw heldBy(holder.pid, dataDir);
    await rm(file, { force: true });
  }
  throw new SiskinError('ANOTHER_INSTANCE', `another Siskin is starting on ${dataDir} at this moment`);
}

const heldBy = (pid: number, dataDir: string): SiskinError =>
  new SiskinError('ANOTHER_INSTANCE', `another Siskin (process ${pid}) already runs on ${dataDir}`);

async function create(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600);
    await handle.writeFile(`${process.pid} ${await startTimeOf(process.pid)}\n`);
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(file: string): Promise<{ pid: number; started: string } | null> {
  const [pid, started] = (await readFile(file, 'utf8').catch(() => '')).trim().split(' ');
  return pid && started && /^\d+$/.test(pid) ? { pid: Number(pid), started } : null;
}

/** When a process began, in clock ticks since boot (field 22 of proc_pid_stat(5)): tells a reused pid from the old one. */
async function startTimeOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return afterName[19] ?? 'gone';
}
