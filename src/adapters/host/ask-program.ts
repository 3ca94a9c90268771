import { execFile } from 'node:child_process';
import { messageOf } from '../../domain/errors/siskin-error.ts';

/** Debian keeps servers in sbin, which few people's PATH has. */
const sbin = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

export interface ProgramAnswer {
  outcome: 'ok' | 'refused' | 'missing';
  /** What it printed, its standard error first; at most 1,000 characters. */
  words: string;
}

/** Lets a program look at a file. @param path of the caller's environment, where programs are looked for */
export function askProgram(
  program: string,
  args: readonly string[],
  path = '',
  cwd = '/',
): Promise<ProgramAnswer> {
  return new Promise((resolve) => {
    const env = { PATH: [path, ...sbin].filter(Boolean).join(':') };
    const options = { timeout: 60_000, maxBuffer: 2 ** 20, env, cwd };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const words = `${stderr}\n${stdout}`.trim().slice(0, 1_000);
      if (error === null) resolve({ outcome: 'ok', words });
      else if (error.code === 'ENOENT') resolve({ outcome: 'missing', words: `${program} is not installed` });
      else resolve({ outcome: 'refused', words: words || messageOf(error) });
    });
  });
}
