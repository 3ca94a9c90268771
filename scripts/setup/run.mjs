import { spawn } from 'node:child_process';
import process from 'node:process';

const keptChars = 64 * 1024;

/**
 * Runs a program without a shell and waits for its end.
 * @param options `timeoutMs` (SIGKILL after it), `cwd`, `env`
 * @returns {Promise<{ code: number, output: string }>} the exit code (-1: killed or not startable) and the last 64 KiB it printed
 */
export function tryRun(command, args, { timeoutMs = 60_000, cwd, env } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-keptChars);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const end = (code) => {
      clearTimeout(timer);
      resolve({ code, output });
    };
    child.on('error', (error) => {
      keep(String(error.message));
      end(-1);
    });
    child.on('close', (code) => end(code ?? -1));
  });
}

/** Like tryRun. @throws Error with the last lines when it fails */
export async function run(command, args, options) {
  const { code, output } = await tryRun(command, args, options);
  if (code === 0) return output;
  throw new Error(`${[command, ...args].join(' ')} failed (${code}):\n${lastLines(output, 20)}`);
}

/** Runs as root: directly, or through `sudo -n` where the user is another. */
export const asRoot = (facts, command, args, options) =>
  facts.privilege === 'sudo' ? run('sudo', ['-n', command, ...args], options) : run(command, args, options);

export const lastLines = (text, count) => text.trimEnd().split('\n').slice(-count).join('\n');
