import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findProgram } from './find-program.ts';
import type { ProgramOptions } from './redis-server.ts';
import { Supervisor } from './supervisor.ts';

/** The nginx that Siskin starts. Whoever writes its configuration does so before `start`. */
export interface NginxServer {
  binary: string;
  /** Absolute; everything of nginx is below it. */
  folder: string;
  supervisor: Supervisor;
  /** Starts or adopts it. @throws SiskinError PROGRAM_NOT_READY */
  start(): Promise<'adopted' | 'started'>;
  stop(): Promise<void>;
  /** Asks workers to end whose master was killed. @returns how many there were */
  endOrphans(): number;
}

/** Makes ready what an nginx below `dataDir/nginx` needs; starts nothing yet. @throws SiskinError PROGRAM_MISSING */
export async function nginxServer(options: ProgramOptions): Promise<NginxServer> {
  const folder = resolve(options.dataDir, 'nginx');
  await mkdir(folder, { recursive: true, mode: 0o750 });
  const binary = await findProgram('nginx', 'nginx', options.searchPath);
  const configFile = join(folder, 'conf', 'nginx.conf');
  const args = ['-e', 'stderr', '-c', configFile, '-g', 'daemon off;'];
  const supervisor = new Supervisor({
    name: 'nginx',
    program: binary,
    debianPackage: 'nginx',
    args,
    marks: [configFile],
    title: (program) => `nginx: master process ${[program, ...args].join(' ')}`,
    beforeStart: () => {
      endOrphans(folder);
      removeSockets(folder);
    },
    directory: folder,
    graceMs: 10_000,
    ...(options.searchPath && { searchPath: options.searchPath }),
    onRestart: options.onRestart,
  });
  return {
    binary,
    folder,
    supervisor,
    start: () => supervisor.start(),
    stop: () => supervisor.stop(),
    endOrphans: () => endOrphans(folder),
  };
}

/** Below nginx's folder: where its configuration has sockets of its own. */
export const socketsFolder = 'sockets';

/** nginx does not listen at a socket's path that is there, and one that was killed has left it. */
function removeSockets(folder: string): void {
  const sockets = join(folder, socketsFolder);
  if (!existsSync(sockets)) return;
  for (const name of readdirSync(sockets)) rmSync(join(sockets, name), { force: true });
}

/**
 * Workers whose master was killed go on serving, and hold the ports that the next master needs: they finish their requests and end. They
 * are known by their working directory, which only ours has, and by a parent that is no nginx.
 */
function endOrphans(folder: string): number {
  const orphans = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isOrphan(name, folder));
  for (const pid of orphans) process.kill(Number(pid), 'SIGQUIT');
  return orphans.length;
}

function isOrphan(pid: string, folder: string): boolean {
  try {
    if (readlinkSync(`/proc/${pid}/cwd`) !== folder) return false;
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('nginx: worker process')) return false;
    const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '1';
    return !readFileSync(`/proc/${parent}/cmdline`, 'utf8').startsWith('nginx: master process');
  } catch {
    return false; // it has ended meanwhile, or is not ours to look at
  }
}
