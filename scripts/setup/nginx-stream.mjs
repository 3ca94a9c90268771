import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { executable } from './executable.mjs';
import { tryRun } from './run.mjs';

/**
 * Where nginx has its stream module: Debian packs it by itself, others build it in.
 * @param path folders to look for nginx in @returns the file it is in, or null
 */
export async function nginxStream(path) {
  const nginx = executable('nginx', path);
  if (nginx === null) return null;
  const { output } = await tryRun(nginx, ['-V'], { timeoutMs: 10_000 });
  if (/--with-stream(\s|$)/.test(output)) return nginx;
  const folder = /--modules-path=(\S+)/.exec(output)?.[1] ?? '/usr/lib/nginx/modules';
  const module = join(folder, 'ngx_stream_module.so');
  return existsSync(module) ? module : null;
}
