import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { routesOf } from '../../../workers/apps.ts';
import { checkConfig } from '../../adapters/haproxy/check-config.ts';
import { renderConfig } from '../../adapters/haproxy/render-config.ts';
import { findProgram } from '../../adapters/process/find-program.ts';
import { readHostConfig } from '../../config/host/read-apps.ts';
import type { SiskinConfig } from '../../config/siskin-config.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { FileVerdict } from '../../domain/host/checkers.ts';

/** The router's configuration is written when Siskin runs: what it will be for these routes is shown to HAProxy now. */
export async function routerVerdict(folder: string): Promise<FileVerdict> {
  const path = 'siskin.yaml → haproxy.cfg';
  const by = 'haproxy -c';
  const scratch = await mkdtemp(join(tmpdir(), 'siskin-router-'));
  try {
    const binary = await findProgram('haproxy', 'haproxy');
    const file = join(scratch, 'haproxy.cfg');
    await writeFile(file, routerConfig(await readHostConfig(folder)));
    await checkConfig(binary, file);
    return { path, outcome: 'right', by, words: null };
  } catch (error) {
    const missing = error instanceof SiskinError && error.code === 'PROGRAM_MISSING';
    return { path, outcome: missing ? 'unchecked' : 'wrong', by, words: messageOf(error) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function routerConfig(config: SiskinConfig): string {
  const options = {
    listen: '*:8081',
    metricsListen: '*:8404',
    adminSocket: '/run/siskin/haproxy/admin.sock',
  };
  return renderConfig({ routes: routesOf(config), servers: {} }, options);
}
