import process from 'node:process';
import { type Env, envSettings, readEnv } from '../../config/env.ts';

/** Where a command reads from and writes to; tests give their own. */
export interface Io {
  env: Env;
  /** Writes to standard output; the text brings its own line ends. */
  write(text: string): void;
  /** Writes to standard error. */
  writeError(text: string): void;
  /** Standard input; tests may leave it out. */
  input?: Input;
  /** Whether standard output shows colours; --no-color sets it to false. */
  color: boolean;
  /** Whether what was written can be drawn again in place: a terminal, and no CI job. */
  live: boolean;
  /** Columns of the terminal; unlimited for a file or pipe. */
  columns: number;
  /** Rows of the terminal; unlimited for a file or pipe. */
  rows: number;
  /** Aborted by Ctrl-C, so that a command that follows something can end well. */
  interrupted: AbortSignal;
}

/** Where a value may come from: a pipe, or a person at a terminal. */
export interface Input extends AsyncIterable<Buffer | string> {
  isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  pause?(): unknown;
}

/**
 * Whoever read the output has seen enough, as `head` has: nothing is said of it. The exit code is that of a program which
 * SIGPIPE ended (128 + 13), so that a service whose log went away is started again.
 */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
}

/** This process's own. The first Ctrl-C aborts `interrupted` where a command listens; a second one ends the process. */
export function processIo(): Io {
  const env = readEnv();
  const { stdout, stderr } = process;
  const interrupt = new AbortController();
  const terminal = stdout.isTTY === true;
  stdout.on('error', endWithReader);
  const { color } = envSettings(env);
  const capable = terminal && env.TERM !== 'dumb';
  return {
    env,
    write: (text) => void stdout.write(text),
    writeError: (text) => void stderr.write(text),
    color: color === 'auto' ? capable : color === 'always',
    live: capable && !env.CI,
    get columns() {
      return terminal ? stdout.columns || 80 : Number.POSITIVE_INFINITY;
    },
    get rows() {
      return terminal ? stdout.rows || 24 : Number.POSITIVE_INFINITY;
    },
    input: process.stdin,
    get interrupted() {
      if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', () => interrupt.abort());
      return interrupt.signal;
    },
  };
}
