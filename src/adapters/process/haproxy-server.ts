import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findProgram } from './find-program.ts';
import type { ProgramOptions } from './redis-server.ts';
import { socketDirectory } from './socket-directory.ts';
import { Supervisor } from './supervisor.ts';

/** The HAProxy that Siskin starts, master-worker. Whoever writes its configuration file does so before `start`. */
export interface HaproxyServer {
  binary: string;
  configFile: string;
  adminSocket: string;
  masterSocket: string;
  supervisor: Supervisor;
  /** Starts or adopts it, and waits until `ready` says yes. @throws SiskinError PROGRAM_NOT_READY */
  start(ready: () => Promise<boolean>): Promise<void>;
  stop(): Promise<void>;
}

/** Makes ready what an HAProxy below `dataDir/haproxy` needs; starts nothing yet. @throws SiskinError PROGRAM_MISSING */
export async function haproxyServer(options: ProgramOptions): Promise<HaproxyServer> {
  const directory = resolve(options.dataDir, 'haproxy');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const sockets = await socketDirectory(options.dataDir);
  const configFile = join(directory, 'haproxy.cfg');
  const masterSocket = join(sockets, 'haproxy-master.sock');
  const binary = await findProgram('haproxy', 'haproxy', options.searchPath);
  const supervisor = new Supervisor({
    name: 'haproxy',
    program: binary,
    debianPackage: 'haproxy',
    args: ['-W', '-S', `${masterSocket},mode,600`, '-f', configFile],
    // A reload makes the master exec itself with more arguments; these stay.
    marks: ['-W', configFile],
    directory,
    ...(options.searchPath && { searchPath: options.searchPath }),
    onRestart: options.onRestart,
  });
  return {
    binary,
    configFile,
    adminSocket: join(sockets, 'haproxy.sock'),
    masterSocket,
    supervisor,
    start: async (ready) => {
      await supervisor.start();
      await supervisor.waitUntilReady(ready);
    },
    stop: () => supervisor.stop(),
  };
}
