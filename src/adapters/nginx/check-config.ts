import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/**
 * Lets nginx itself read a configuration (`nginx -t`) without using it.
 * @throws SiskinError FRONT_REFUSED with nginx's words, PROGRAM_MISSING
 */
export function checkConfig(binary: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 20_000, maxBuffer: 256 * 1024, env: {} };
    execFile(binary, ['-t', '-q', '-e', 'stderr', '-c', file], options, (error, _stdout, stderr) => {
      if (!error) return resolve();
      if (error.code === 'ENOENT') {
        return reject(
          new SiskinError('PROGRAM_MISSING', `${binary} is not installed (Debian package: nginx).`),
        );
      }
      const words =
        stderr
          .replaceAll(`${dirname(file)}/`, '')
          .trim()
          .slice(0, 600) || error.message;
      reject(new SiskinError('FRONT_REFUSED', `nginx refuses the configuration: ${words}`));
    });
  });
}
