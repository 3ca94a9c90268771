import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const main = join(import.meta.dirname, '..', '..', 'src', 'cli', 'main.ts');

export interface Terminal {
  /** Types into it; `\r` is Enter, `\u0003` is Ctrl-C. */
  type(text: string): void;
  /** Resolves as soon as what it showed since the last call has this, without colours. @throws when it ends before */
  shows(text: string): Promise<void>;
  /** All that was written to it, with every escape sequence. */
  raw(): string;
  /** Resolves to the exit code of the program in it. */
  ended: Promise<number | null>;
}

/** Runs `siskin …` in a terminal of its own, 100 columns and 40 rows (script(1) makes it). */
export const siskinInTerminal = (
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string } = {},
): Terminal => inTerminal([process.execPath, '--import', tsx, main, ...args], options);

const tsx = import.meta.resolve('tsx');

/** Runs a program in a terminal of its own. */
export function inTerminal(
  command: readonly string[],
  { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {},
): Terminal {
  const line = `stty cols 100 rows 40; exec ${command.map(quoted).join(' ')}`;
  const { CI: _ci, NO_COLOR: _noColor, ...inherited } = process.env;
  const child = spawn('script', ['-qefc', line, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...inherited, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
    ...(cwd !== undefined && { cwd }),
  });
  let raw = '';
  let read = 0;
  let look = () => {};
  child.stdout.on('data', (chunk: Buffer) => {
    raw += chunk.toString();
    look();
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => (typeof code === 'number' ? code : null));
  return {
    type: (text) => void child.stdin.write(text),
    raw: () => raw,
    ended,
    shows: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const shown = stripVTControlCharacters(raw.slice(read));
          if (!shown.includes(text)) return;
          read = raw.length;
          look = () => {};
          resolve();
        };
        void ended.then(() => reject(new Error(`it ended without showing "${text}":\n${raw}`)));
        look();
      }),
  };
}

const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;
