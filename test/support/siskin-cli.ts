import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { siskinCommand } from './siskin-command.ts';

/**
 * Runs `siskin …` as a user would, in a process of its own.
 * @param input of its standard input
 * @returns exit code and all that it printed
 */
export async function runCliProcess(
  configFile: string,
  args: readonly string[],
  input = '',
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, [...siskinCommand, ...args, '--config', configFile], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}
