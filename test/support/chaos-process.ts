import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { siskinCommand } from './siskin-command.ts';

/** What `siskin VERB` is run with. */
export interface PartOptions {
  /** Names its log file and itself in what tests print. */
  name: string;
  verb: 'up' | 'server' | 'worker';
  configFile: string;
  logFile: string;
  /** Added to the environment. */
  env?: Record<string, string>;
}

/** One process of Siskin, to be killed, paused and started again. */
export class Part {
  readonly options: PartOptions;
  #child: ChildProcess | undefined;

  constructor(options: PartOptions) {
    this.options = options;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  get runs(): boolean {
    const child = this.#child;
    return child !== undefined && child.exitCode === null && child.signalCode === null;
  }

  /** Starts it and resolves when it says that it is up. @throws Error with what it printed when it ends instead */
  async start(): Promise<void> {
    const { verb, configFile, logFile, env } = this.options;
    const child = spawn(process.execPath, [...siskinCommand, verb, '--config', configFile], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    const log = createWriteStream(logFile, { flags: 'a' });
    let printed = '';
    const up = new Promise<void>((resolve, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.pipe(log, { end: false });
        stream.on('data', (chunk: Buffer) => {
          if (printed.length < 20_000) printed += chunk.toString();
          if (printed.includes(' is up"')) resolve();
        });
      }
      child.once('exit', (code) => reject(new Error(`siskin ${verb} ended with ${code}:\n${printed}`)));
    });
    await up;
  }

  /** Sends a signal without waiting for what it does. */
  signal(signal: NodeJS.Signals): void {
    if (this.runs) this.#child?.kill(signal);
  }

  /** SIGKILL; resolves when it is dead. Its children live on. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** SIGTERM; resolves when it has ended. */
  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child || !this.runs) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}
