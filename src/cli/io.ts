import process from 'node:process';
import { type Env, envSettings, readEnv } from '../config/env.ts';

/** Where a command reads from and writes to; tests give their own. */
export interface Io {
  env: Env;
  /** Writes to standard output; the text brings its own line ends. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Standard input; tests may leave it out. */
  input?: Input;
  /** Told of what a command has changed on this machine by itself, for the audit log. */
  noteChange?(change: LocalChange): Promise<void>;
  /** Whether standard output shows colours. */
  color: boolean;
  /** Columns of the terminal; unlimited for a file or pipe. */
  columns: number;
  /** Aborted by Ctrl-C, so that a command that follows something can end well. */
  interrupted: AbortSignal;
}

/** Something that was changed without the server. */
export interface LocalChange {
  /** `secrets.set` */
  action: 'secrets.keygen' | 'secrets.set' | 'secrets.import' | 'secrets.rm';
  /** What it was done to, in one sentence, without any value. */
  detail: string;
}

/** Where a value may come from: a pipe, or a person at a terminal. */
export interface Input extends AsyncIterable<Buffer | string> {
  isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  pause?(): unknown;
}

/** This process's own. The first Ctrl-C aborts `interrupted` where a command listens; a second one ends the process. */
export function processIo(): Io {
  const env = readEnv();
  const interrupt = new AbortController();
  return {
    env,
    write: (text) => void process.stdout.write(text),
    writeError: (text) => void process.stderr.write(text),
    input: process.stdin,
    color: process.stdout.isTTY === true && envSettings(env).color,
    columns: process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
    get interrupted() {
      if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', () => interrupt.abort());
      return interrupt.signal;
    },
  };
}
