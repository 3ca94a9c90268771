import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Docker from 'dockerode';
import { runtimeCommand } from '../../src/adapters/haproxy/runtime-socket.ts';
import { parseShowStat } from '../../src/adapters/haproxy/show-stat.ts';
import { readPid } from '../../src/adapters/process/pid-file.ts';
import { socketDirectory } from '../../src/adapters/process/socket-directory.ts';
import { backendName, containerName } from '../../src/domain/names.ts';
import type { TestSiskin } from './siskin.ts';

const docker = new Docker();

/** The production environment of a test's Siskin, as Docker and HAProxy have it. */
export class Production {
  readonly #siskin: TestSiskin;

  constructor(siskin: TestSiskin) {
    this.#siskin = siskin;
  }

  container(replica: string): Docker.Container {
    return docker.getContainer(this.containerName(replica));
  }

  containerName(replica: string): string {
    return containerName(this.#key, 'web', replica);
  }

  leaveNetwork(replica: string): Promise<void> {
    return this.#network.disconnect({ Container: this.containerName(replica), Force: true });
  }

  /** It gets the lowest address that is free. */
  joinNetwork(replica: string): Promise<void> {
    return this.#network.connect({ Container: this.containerName(replica) });
  }

  /** Every container with the app's labels: `name address`, or `name state` when it does not run. */
  async containers(): Promise<string[]> {
    const found = await docker.listContainers({
      all: true,
      filters: { label: [`siskin.app=${this.#siskin.app}`] },
    });
    return found
      .map(({ Names, State, NetworkSettings }) => {
        const [network] = Object.values(NetworkSettings.Networks);
        return `${Names[0]?.slice(1)} ${State === 'running' ? network?.IPAddress : State}`;
      })
      .sort();
  }

  /** The servers that take requests, named like their containers: `name address`. Empty while the router is away. */
  async servers(): Promise<string[]> {
    const socket = join(await socketDirectory(this.#siskin.dataDir), 'haproxy.sock');
    const answer = await runtimeCommand(socket, `show stat ${backendName(this.#key, 'web')} 4 -1`).catch(
      () => null,
    );
    if (answer === null) return [];
    return parseShowStat(answer)
      .map(({ name, address, state, weight }) => {
        const known = state === 'ready' && weight === 100 ? address : `${state} ${weight}`;
        return `${this.containerName(name)} ${known}`;
      })
      .sort();
  }

  /** Resolves when exactly these replicas run and the router gives each of them requests. @returns `name address` of each */
  async whole(replicas: readonly string[]): Promise<string[]> {
    const wanted = replicas.map((replica) => this.containerName(replica)).sort();
    for (;;) {
      const [containers, servers] = [await this.containers(), await this.servers()];
      const names = containers.map((one) => one.split(' ')[0]);
      const told = JSON.stringify(containers) === JSON.stringify(servers);
      if (told && JSON.stringify(names) === JSON.stringify(wanted)) return containers;
      await delay(20);
    }
  }

  /** Kills HAProxy's master and workers as a crash would. */
  async killRouter(): Promise<void> {
    const pid = await readPid(join(this.#siskin.dataDir, 'haproxy', 'haproxy.pid'));
    if (pid === null) throw new Error('haproxy does not run');
    process.kill(-pid, 'SIGKILL');
  }

  get #network(): Docker.Network {
    return docker.getNetwork(`siskin-${this.#siskin.app}-production`);
  }

  get #key() {
    return { app: this.#siskin.app, environment: 'production' };
  }
}
