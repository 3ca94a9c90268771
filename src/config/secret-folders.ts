import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Env } from './env.ts';
import type { SiskinConfig } from './siskin/types.ts';

/** Where the encrypted secrets are. */
export const secretsFolder = (dataDir: string): string => join(dataDir, 'secrets');

/**
 * Folders in memory for the secrets that containers get as files, the best first. Each is this data directory's own.
 * @param userId of Siskin's user
 */
export function memoryFolders(
  { dataDir, secrets }: Pick<SiskinConfig, 'dataDir' | 'secrets'>,
  env: Env,
  userId: number,
): string[] {
  if (secrets.runDir !== undefined) return [secrets.runDir];
  const name = `siskin-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`;
  const runtime = env.XDG_RUNTIME_DIR ? [join(env.XDG_RUNTIME_DIR, name)] : [];
  return [join('/run', name), ...runtime, join('/dev/shm', `${name}-${userId}`)];
}
