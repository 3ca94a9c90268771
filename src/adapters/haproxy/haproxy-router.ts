import { setTimeout as sleep } from 'node:timers/promises';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { CounterReading, ObservedServer } from '../../domain/observation.ts';
import type { Route, Router } from '../../pipeline/ports.ts';
import { ConfigStore } from './config-store.ts';
import { MasterCli } from './master-cli.ts';
import { Mutex } from './mutex.ts';
import { backendNames, closeSpreadMs } from './render-config.ts';
import type { RouterOptions, RouterServer, RouterState } from './router-config.ts';
import { Runtime } from './runtime.ts';
import type { ServerStat } from './show-stat.ts';
import { assertBackend, assertServer, assertServerName, assertWeight } from './validate.ts';

export interface HaproxyRouterOptions extends RouterOptions {
  /** haproxy.cfg, which HAProxy was started with; Siskin writes it and `<it>.state.json`. */
  configFile: string;
  /** The master process's socket (`-W -S`). */
  masterSocket: string;
  /** Checks configurations before they are used; null where only a container has it: then a failed reload is undone. */
  binary: string | null;
}

/**
 * HAProxy through its sockets and its file; whether it is a child of ours or runs in a container makes no difference.
 * Servers change at run time, 1-2 ms each; routes by a seamless reload. One change at a time.
 */
export class HaproxyRouter implements Router {
  readonly #store: ConfigStore;
  readonly #runtime: Runtime;
  readonly #master: MasterCli;
  readonly #mutex = new Mutex();
  #routes: Route[] = [];
  #servers: RouterState['servers'] = {};
  #loaded: string | null = null;
  #restored = false;

  constructor(options: HaproxyRouterOptions) {
    this.#store = new ConfigStore(options.configFile, options.binary, options);
    this.#master = new MasterCli(options.masterSocket);
    this.#runtime = new Runtime(options.adminSocket, this.#master);
  }

  /** Before HAProxy starts: a configuration file that serves what was served last. @throws SiskinError ROUTER_REFUSED, ROUTER_FILE_UNWRITABLE */
  prepare(): Promise<void> {
    return this.#mutex.run(async () => {
      const remembered = await this.#store.read();
      if (remembered === null && (await this.#store.configText()) !== null) return;
      await this.#store.write(remembered ?? { routes: [], servers: {}, loaded: null }, { checked: true });
    });
  }

  /** Whether HAProxy answers on both its sockets. */
  async ready(): Promise<boolean> {
    try {
      return (await this.#runtime.workerPid()) === (await this.#master.workers()).current;
    } catch {
      return false; // the answer to the question
    }
  }

  /** Names the HAProxy that answers; another name means that it was started anew, or has reloaded. @throws SiskinError ROUTER_UNAVAILABLE */
  incarnation(): Promise<string> {
    return this.#mutex.run(() => this.#runtime.incarnation());
  }

  /**
   * After HAProxy or Siskin started: gives HAProxy back what the file cannot say (drains) and what it has lost, be it
   * everything, because it was started empty or from an old file.
   * What HAProxy has beyond the memory is kept: it is newer.
   */
  recover(): Promise<void> {
    return this.#change(async () => {
      if (this.#routes.length === 0) return;
      const servers = this.#servers;
      const state: RouterState = { routes: this.#routes, servers };
      const known = await this.#runtime.backends();
      const missing = backendNames(this.#routes).some((name) => !known.includes(name));
      if (missing || (await this.#store.structureOnDisk()) !== this.#store.structureOf(state))
        await this.#load(state);
      await this.#restoreServers(servers);
    });
  }

  /**
   * Makes these the routes; reloads only when they, or where HAProxy listens, changed.
   * @throws SiskinError ROUTER_REFUSED: then the routes of before are served on
   */
  applyRoutes(routes: Route[]): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#restore();
      const state: RouterState = { routes, servers: groupByBackend(await this.#runtime.allServers()) };
      const structure = this.#store.structureOf(state);
      if (structure !== this.#loaded) await this.#load(state);
      await this.#store.write({ ...state, loaded: structure }, { checked: false });
      this.#routes = routes;
      this.#servers = state.servers;
      this.#loaded = structure;
    });
  }

  servers(backend: string): Promise<ObservedServer[]> {
    return this.#mutex.run(async () => {
      const servers = await this.#stats(backend);
      return servers.map(({ name, address, port, state, weight, sessions }) => ({
        name,
        address,
        port,
        state,
        weight,
        sessions,
      }));
    });
  }

  counters(backend: string): Promise<CounterReading> {
    return this.#mutex.run(async () => {
      const servers = await this.#stats(backend);
      return { source: 'router', servers: Object.fromEntries(servers.map((s) => [s.name, s.counters])) };
    });
  }

  addServer(backend: string, name: string, address: string, port: number): Promise<void> {
    const server: RouterServer = { name, address, port, weight: 0, state: 'maintenance' };
    return this.#change(async () => {
      assertServer(server);
      const there = (await this.#stats(backend)).find((s) => s.name === name);
      if (there?.address === address && there.port === port) return;
      if (there) await this.#runtime.delete(backend, name);
      await this.#runtime.add(backend, server);
    });
  }

  moveServer(backend: string, name: string, address: string, port: number): Promise<void> {
    const server: RouterServer = { name, address, port, weight: 0, state: 'maintenance' };
    return this.#change(async () => {
      assertServer(server);
      await this.#mustHave(backend, [name]);
      await this.#runtime.move(backend, server);
    });
  }

  enableServer(backend: string, server: string, weight: number): Promise<void> {
    return this.#change(async () => {
      assertWeight(weight);
      await this.#mustHave(backend, [server]);
      await this.#runtime.setWeight(backend, server, weight);
      await this.#runtime.setState(backend, server, 'ready');
    });
  }

  setWeights(backend: string, weights: Record<string, number>): Promise<void> {
    return this.#change(async () => {
      for (const weight of Object.values(weights)) assertWeight(weight);
      await this.#mustHave(backend, Object.keys(weights));
      for (const [server, weight] of Object.entries(weights)) {
        await this.#runtime.setWeight(backend, server, weight);
      }
    });
  }

  drainServer(backend: string, server: string): Promise<void> {
    return this.#change(async () => {
      if (await this.#has(backend, server)) await this.#runtime.setState(backend, server, 'drain');
    });
  }

  async removeServer(backend: string, server: string): Promise<void> {
    // Two changes: were we killed in between, the memory would bring it back in maintenance, never into traffic.
    await this.#change(async () => {
      if (await this.#has(backend, server)) await this.#runtime.setState(backend, server, 'maintenance');
    });
    await this.#change(async () => {
      if (await this.#has(backend, server)) await this.#runtime.delete(backend, server);
    });
  }

  async #stats(backend: string): Promise<ServerStat[]> {
    assertBackend(backend);
    return this.#runtime.servers(backend);
  }

  async #has(backend: string, server: string): Promise<boolean> {
    assertServerName(server);
    return (await this.#stats(backend)).some((s) => s.name === server);
  }

  async #mustHave(backend: string, names: string[]): Promise<void> {
    names.forEach(assertServerName);
    const there = new Set((await this.#stats(backend)).map((s) => s.name));
    const missing = names.find((name) => !there.has(name));
    if (missing !== undefined) {
      throw new SiskinError('ROUTER_REFUSED', `The router has no server ${missing} in ${backend}.`);
    }
  }

  /** Does it, then remembers what HAProxy has now for a cold start. */
  #change(action: () => Promise<void>): Promise<void> {
    return this.#mutex.run(async () => {
      await this.#restore();
      await action();
      const servers = groupByBackend(await this.#runtime.allServers());
      await this.#store.write({ routes: this.#routes, servers, loaded: this.#loaded }, { checked: false });
      this.#servers = servers;
    });
  }

  async #restore(): Promise<void> {
    if (this.#restored) return;
    const remembered = await this.#store.read();
    this.#routes = remembered?.routes ?? [];
    this.#servers = remembered?.servers ?? {};
    this.#loaded = remembered?.loaded ?? null;
    this.#restored = true;
  }

  /** Checks, writes and loads a new structure; puts the old file back when HAProxy would not have it. */
  async #load(state: RouterState): Promise<void> {
    const lastGood = await this.#store.configText();
    await this.#store.writeConfig(state, { checked: true });
    await this.#store.writeState({ routes: this.#routes, servers: state.servers, loaded: null });
    try {
      await this.#reload();
    } catch (error) {
      const refused = error instanceof SiskinError && error.code === 'ROUTER_REFUSED';
      if (refused && lastGood !== null) await this.#store.writeConfigText(lastGood, { checked: false });
      throw error;
    }
    await this.#restoreServers(state.servers);
  }

  /** Returns when no request can come to the worker of before any more: it would not know of changes from now on. */
  async #reload(): Promise<void> {
    await this.#master.reload(() => this.#runtime.workerPid());
    const settled = performance.now() + closeSpreadMs;
    while (performance.now() < settled && (await this.#master.workers()).old.length > 0) await sleep(20);
  }

  async #restoreServers(wanted: RouterState['servers']): Promise<void> {
    const live = groupByBackend(await this.#runtime.allServers());
    const known = await this.#runtime.backends();
    for (const [backend, servers] of Object.entries(wanted)) {
      if (!known.includes(backend)) continue; // its route was taken away
      for (const server of servers) {
        const now = live[backend]?.find((s) => s.name === server.name);
        await this.#restoreServer(backend, server, now);
      }
    }
  }

  async #restoreServer(backend: string, server: RouterServer, now: RouterServer | undefined): Promise<void> {
    const fromFile = now?.state === 'ready' && now.weight === 0 && server.state === 'drain';
    if (now && !fromFile) return;
    if (!now) await this.#runtime.add(backend, server);
    await this.#runtime.setState(backend, server.name, server.state);
    await this.#runtime.setWeight(backend, server.name, server.weight);
  }
}

function groupByBackend(stats: ServerStat[]): Record<string, RouterServer[]> {
  const groups: Record<string, RouterServer[]> = {};
  for (const { backend, name, address, port, weight, state } of stats) {
    groups[backend] ??= [];
    groups[backend].push({ name, address, port, weight, state });
  }
  return groups;
}
