import { setTimeout as sleep } from 'node:timers/promises';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { runtimeCommand } from './runtime-socket.ts';

export interface Workers {
  current: number | undefined;
  old: number[];
  failedReloads: number;
}

/** The CLI of HAProxy's master process (Management Guide 9.4): reloads, and reaches the workers of before. */
export class MasterCli {
  readonly #socket: string;

  constructor(masterSocket: string) {
    this.#socket = masterSocket;
  }

  async workers(): Promise<Workers> {
    return parseShowProc(await runtimeCommand(this.#socket, 'show proc'));
  }

  /** Asks every worker that only finishes its connections. @returns the answers of those that still live; the others have nothing to tell */
  async askOldWorkers(command: string): Promise<string[]> {
    const { old } = await this.workers();
    const answers = await Promise.all(old.map((pid) => this.#ask(pid, command)));
    return answers.filter((answer) => answer !== '' && !answer.startsWith("Can't find the target"));
  }

  /** An old worker refuses changes of its servers ("Proxy is disabled"), but ends a session by its id. */
  async endSessionsOfOldWorkers(backend: string, server: string): Promise<void> {
    const { old } = await this.workers();
    for (const pid of old) {
      for (const id of sessionIds(await this.#ask(pid, 'show sess'), backend, server)) {
        await this.#ask(pid, `shutdown session ${id}`);
      }
    }
  }

  #ask(pid: number, command: string): Promise<string> {
    return runtimeCommand(this.#socket, `@!${pid} ${command}`);
  }

  /**
   * Makes HAProxy read its configuration file again; listeners are handed over, so no connection is refused.
   * @param workerPid tells which worker answers on the admin socket
   * @throws SiskinError ROUTER_REFUSED when the new configuration failed, ROUTER_UNAVAILABLE after `timeoutMs`
   */
  async reload(workerPid: () => Promise<number>, timeoutMs = 15_000): Promise<void> {
    const before = { pid: await workerPid(), failedReloads: (await this.workers()).failedReloads };
    await runtimeCommand(this.#socket, 'reload', timeoutMs);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      // The master execs itself anew: for about 80 ms its socket refuses connections.
      const now = await this.workers().catch(unanswered);
      if (now && now.failedReloads > before.failedReloads) {
        throw new SiskinError('ROUTER_REFUSED', 'The router could not load its new configuration.');
      }
      if (now?.current !== undefined && now.current !== before.pid) {
        if ((await workerPid().catch(unanswered)) === now.current) return;
      }
      if (performance.now() > deadline) {
        throw new SiskinError('ROUTER_UNAVAILABLE', `The router did not reload within ${timeoutMs} ms.`);
      }
      await sleep(10);
    }
  }
}

/** The sessions of a server in the answer to `show sess` (Management Guide 9.3). */
export function sessionIds(answer: string, backend: string, server: string): string[] {
  const lines = answer.split('\n').filter((line) => line.includes(` be=${backend} srv=${server} `));
  return lines.flatMap((line) => /^(0x[0-9a-f]+): /.exec(line)?.[1] ?? []);
}

/** Reads `show proc`. */
export function parseShowProc(answer: string): Workers {
  const [, failed] = /^\d+\s+master\s+\d+ \[failed: (\d+)\]/m.exec(answer) ?? [];
  if (failed === undefined)
    throw new SiskinError('ROUTER_UNAVAILABLE', "The router's master is not understood.");
  const [currentPart = '', oldPart = ''] = answer.split('# old workers');
  const pids = (text: string) => [...text.matchAll(/^(\d+)\s+worker\s/gm)].map((match) => Number(match[1]));
  return { current: pids(currentPart)[0], old: pids(oldPart), failedReloads: Number(failed) };
}

/** Within a reload no answer is a state like any other; the deadline bounds it. */
const unanswered = (): undefined => undefined;
