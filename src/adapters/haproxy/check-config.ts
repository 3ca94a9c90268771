import { execFile } from 'node:child_process';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/**
 * Lets HAProxy itself read the file (`haproxy -c`), without using it.
 * @throws SiskinError ROUTER_REFUSED with HAProxy's words, PROGRAM_MISSING
 */
export function checkConfig(binary: string, file: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { timeout: 10_000, maxBuffer: 256 * 1024, env: {} };
    execFile(binary, ['-c', '-f', file], options, (error, _stdout, stderr) => {
      if (!error) return resolve();
      if (error.code === 'ENOENT') {
        return reject(
          new SiskinError('PROGRAM_MISSING', `${binary} is not installed (Debian package: haproxy).`),
        );
      }
      const words = stderr.replaceAll(file, 'haproxy.cfg').trim().slice(0, 600) || error.message;
      reject(new SiskinError('ROUTER_REFUSED', `HAProxy refuses the configuration: ${words}`));
    });
  });
}
