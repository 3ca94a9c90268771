import process from 'node:process';
import { type Env, envSettings, readEnv } from '../config/env.ts';

/** Where a command reads from and writes to; tests give their own. */
export interface Io {
  env: Env;
  /** Writes to standard output; the text brings its own line ends. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Whether standard output shows colours. */
  color: boolean;
  /** Columns of the terminal; unlimited for a file or pipe. */
  columns: number;
  /** Aborted by Ctrl-C, so that a command that follows something can end well. */
  interrupted: AbortSignal;
}

/** This process's own. The first Ctrl-C aborts `interrupted` where a command listens; a second one ends the process. */
export function processIo(): Io {
  const env = readEnv();
  const interrupt = new AbortController();
  return {
    env,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    color: process.stdout.isTTY === true && envSettings(env).color,
    columns: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
    get interrupted() {
      if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', () => interrupt.abort());
      return interrupt.signal;
    },
  };
}
