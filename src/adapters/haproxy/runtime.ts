import { setTimeout as sleep } from 'node:timers/promises';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { MasterCli } from './master-cli.ts';
import { endpoint } from './render-config.ts';
import type { RouterServer } from './router-config.ts';
import { runtimeCommand } from './runtime-socket.ts';
import { parseShowStat, type ServerStat } from './show-stat.ts';

const deleteTimeoutMs = 10_000;

/** HAProxy's runtime commands, each checked for its answer. @throws SiskinError ROUTER_UNAVAILABLE, ROUTER_REFUSED */
export class Runtime {
  readonly #socket: string;
  readonly #master: MasterCli;

  constructor(adminSocket: string, master: MasterCli) {
    this.#socket = adminSocket;
    this.#master = master;
  }

  /** The servers of one backend, with the sessions that workers of before a reload still hold. */
  async servers(backend: string): Promise<ServerStat[]> {
    const command = `show stat ${backend} 4 -1`;
    const servers = stats(await runtimeCommand(this.#socket, command), backend);
    for (const answer of await this.#master.askOldWorkers(command)) {
      if (answer === 'No such proxy.') continue;
      for (const old of parseShowStat(answer)) {
        const server = servers.find((s) => s.name === old.name);
        if (server) server.sessions += old.sessions;
      }
    }
    return servers;
  }

  /** All servers of all backends, as the current worker has them. */
  async allServers(): Promise<ServerStat[]> {
    return stats(await runtimeCommand(this.#socket, 'show stat -1 4 -1'), 'all');
  }

  /** Names of the backends that the current worker has. */
  async backends(): Promise<string[]> {
    const answer = await runtimeCommand(this.#socket, 'show backend');
    return answer.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }

  /** Adds it in maintenance. */
  async add(backend: string, server: RouterServer): Promise<void> {
    const address = endpoint(server.address, server.port);
    const command = `add server ${backend}/${server.name} ${address} weight ${server.weight}`;
    await this.#expect(command, 'New server registered.');
  }

  /** Gives it another address (Management Guide 9.3, `set server … addr`); its idle connections are closed. */
  async move(backend: string, { name, address, port }: RouterServer): Promise<void> {
    const command = `set server ${backend}/${name} addr ${address} port ${port}`;
    const answer = await runtimeCommand(this.#socket, command);
    if (!/^(IP changed from|no need to change the addr)/.test(answer)) throw refused(answer, command);
  }

  async setWeight(backend: string, server: string, weight: number): Promise<void> {
    await this.#expect(`set server ${backend}/${server} weight ${weight}`, '');
  }

  async setState(backend: string, server: string, state: RouterServer['state']): Promise<void> {
    const word = state === 'maintenance' ? 'maint' : state;
    await this.#expect(`set server ${backend}/${server} state ${word}`, '');
  }

  /** Ends its sessions in every worker, then deletes it. HAProxy needs a moment to let the connections go. */
  async delete(backend: string, server: string): Promise<void> {
    await this.setState(backend, server, 'maintenance');
    const shutdown = `shutdown sessions server ${backend}/${server}`;
    const deadline = performance.now() + deleteTimeoutMs;
    await this.#master.endSessionsOfOldWorkers(backend, server);
    for (let waitMs = 2; ; waitMs = Math.min(waitMs * 2, 200)) {
      await this.#expect(shutdown, '');
      const answer = await runtimeCommand(this.#socket, `del server ${backend}/${server}`);
      if (answer === 'Server deleted.' || answer === 'No such server.') return;
      if (!answer.includes('still has connections') || performance.now() > deadline) throw refused(answer);
      await sleep(waitMs);
    }
  }

  /** Process id of the worker that answers, in HAProxy's own numbering. */
  async workerPid(): Promise<number> {
    const info = await runtimeCommand(this.#socket, 'show info');
    return Number(/^Pid: (\d+)$/m.exec(info)?.[1] ?? Number.NaN);
  }

  /** Names the process that answers: its id and when it began, for an id alone may come again. */
  async incarnation(): Promise<string> {
    const info = await runtimeCommand(this.#socket, 'show info');
    const [, pid] = /^Pid: (\d+)$/m.exec(info) ?? [];
    const [, began] = /^Start_time_sec: (\d+)$/m.exec(info) ?? [];
    return `${pid ?? '?'} since ${began ?? '?'}`;
  }

  async #expect(command: string, wanted: string): Promise<void> {
    const answer = await runtimeCommand(this.#socket, command);
    if (answer !== wanted) throw refused(answer, command);
  }
}

function stats(answer: string, backend: string): ServerStat[] {
  if (answer === 'No such proxy.') {
    throw new SiskinError('ROUTER_REFUSED', `The router has no backend ${backend}.`);
  }
  return parseShowStat(answer);
}

const refused = (answer: string, command = 'del server'): SiskinError =>
  new SiskinError('ROUTER_REFUSED', `The router refused \`${command}\`: ${answer.slice(0, 200)}`);
