import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { openSync, statfsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { findProgram } from '../../src/adapters/process/find-program.ts';
import { endChildrenOf } from './chaos-children.ts';

const exec = promisify(execFile);

/** A Docker engine of its own on a small disk in memory, beside the machine's; needs root. */
export interface SmallEngine {
  /** Holds its `docker.sock`. */
  folder: string;
  /** Makes its disk so small that this is left of it, at once; or as large as it was. */
  leaveOnDisk(bytes: number): void;
  restoreDisk(): void;
  /** Names of its containers with their states. */
  containers(): Promise<string[]>;
  /** Stops the engine as its service does, and starts it again; resolves when it answers. */
  restart(): Promise<void>;
  remove(): Promise<void>;
}

/**
 * @param images copied from the machine's engine
 * @param options of dockerd besides, e.g. `--live-restore`
 */
export async function startSmallEngine(
  megabytes: number,
  images: readonly string[],
  options: readonly string[] = [],
): Promise<SmallEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'sk-engine-'));
  const data = join(folder, 'data');
  await mkdir(data);
  const mount = await findProgram('mount', 'mount');
  await exec(mount, ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'siskin-chaos', data]);
  const socket = join(folder, 'docker.sock');
  const ip = await findProgram('ip', 'iproute2');
  const bridge = `sk-${randomBytes(4).toString('hex')}`;
  await exec(ip, ['link', 'add', bridge, 'type', 'bridge']);
  await exec(ip, ['addr', 'add', '10.212.0.1/24', 'dev', bridge]);
  await exec(ip, ['link', 'set', bridge, 'up']);
  const dockerd = await findProgram('dockerd', 'docker.io');
  const start = () => launch(dockerd, { folder, data, socket, bridge }, options);
  let child = start();
  const docker = new Docker({ socketPath: socket });
  const answers = async () => {
    while (!(await docker.ping().then(yes, no))) {
      if (child.exitCode !== null) throw new Error(`dockerd ended; see ${folder}/dockerd.log`);
      await delay(50);
    }
  };
  const resize = (bytes: number) => {
    execFileSync(mount, ['-o', `remount,size=${Math.ceil(bytes / 1024)}k`, data]);
  };
  const engine: SmallEngine = {
    folder,
    leaveOnDisk: (bytes) => {
      const { blocks, bfree, bsize } = statfsSync(data);
      resize((blocks - bfree) * bsize + bytes);
    },
    restoreDisk: () => resize(megabytes * 2 ** 20),
    containers: async () =>
      (await docker.listContainers({ all: true })).map(
        ({ Names, State }) => `${Names[0]?.slice(1)} ${State}`,
      ),
    restart: async () => {
      await end(child);
      child = start();
      await answers();
    },
    remove: async () => {
      // An engine that never came up has nothing to be emptied of.
      if (child.exitCode === null) await emptied(docker);
      await end(child);
      await endChildrenOf(folder);
      await exec('umount', ['--recursive', data]);
      await exec(ip, ['link', 'delete', bridge]);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await answers();
    for (const image of images) await copyImage(image, docker);
  } catch (error) {
    await engine.remove();
    throw error;
  }
  return engine;
}

interface Places {
  folder: string;
  data: string;
  socket: string;
  bridge: string;
}

function launch(
  dockerd: string,
  { folder, data, socket, bridge }: Places,
  options: readonly string[],
): ChildProcess {
  const log = openSync(join(folder, 'dockerd.log'), 'a');
  const places = ['--data-root', data, '--exec-root', join(folder, 'exec'), '--pidfile', join(folder, 'pid')];
  // A bridge that is there already, and no firewall rules of its own. With none, or with an address pool when it starts
  // again, dockerd would delete the machine's docker0; without a pool it takes what no route of the machine leads to.
  const network = ['--bridge', bridge, '--iptables=false', '--ip-forward=false', '--ip-masq=false'];
  const args = ['--host', `unix://${socket}`, ...places, ...network, ...options];
  return spawn(dockerd, args, { stdio: ['ignore', log, log] });
}

async function copyImage(image: string, to: Docker): Promise<void> {
  const saved = await new Docker().getImage(image).get();
  const loaded = await to.loadImage(saved);
  await pipeline(loaded, async (lines) => {
    for await (const _line of lines);
  });
}

/** What containers and networks put into the kernel would outlive the engine. */
async function emptied(docker: Docker): Promise<void> {
  for (const { Id } of await docker.listContainers({ all: true }))
    await docker.getContainer(Id).remove({ force: true, v: true });
  for (const { Id, Driver, Name } of await docker.listNetworks())
    if (Driver === 'bridge' && Name !== 'bridge') await docker.getNetwork(Id).remove();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

const yes = () => true;
const no = () => false;
