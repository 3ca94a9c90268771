import { execFile } from 'node:child_process';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

/**
 * Where nginx has what passes TLS on by its name: in itself, or in a module beside it, as Debian has it.
 * @returns the module's file; null where it is built in
 * @throws SiskinError FRONT_STREAM_MISSING
 */
export async function streamModule(binary: string): Promise<string | null> {
  const place = streamPlace(await buildOf(binary));
  const missing = (what: string) =>
    new SiskinError('FRONT_STREAM_MISSING', `front.forward: ${binary} ${what}.`);
  if (place === 'none') throw missing('was built without its stream module');
  if (place === 'built-in') return null;
  await access(place.file).catch(() => {
    throw missing(`has no stream module: ${place.file} is not there`);
  });
  return place.file;
}

/** @param build what `nginx -V` prints: https://nginx.org/en/docs/configure.html */
export function streamPlace(build: string): 'built-in' | 'none' | { file: string } {
  const options = build.split(/\s+/);
  if (!options.includes('--with-stream_ssl_preread_module')) return 'none';
  if (options.includes('--with-stream')) return 'built-in';
  if (!options.includes('--with-stream=dynamic')) return 'none';
  const option = (name: string) => options.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const folder = option('--modules-path') ?? join(option('--prefix') ?? '/usr/local/nginx', 'modules');
  return { file: join(folder, 'ngx_stream_module.so') };
}

async function buildOf(binary: string): Promise<string> {
  try {
    const options = { timeout: 10_000, maxBuffer: 256 * 1024, env: {} };
    const { stdout, stderr } = await promisify(execFile)(binary, ['-V'], options);
    return `${stdout}\n${stderr}`;
  } catch (cause) {
    throw new SiskinError('FRONT_STREAM_MISSING', `${binary} -V does not run: ${messageOf(cause)}.`, {
      cause,
    });
  }
}
