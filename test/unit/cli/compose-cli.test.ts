import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkComposeCli } from '../../../src/cli/doctor/compose-cli.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { siskinYaml } from '../../support/config-samples.ts';

const config = (app = '') => parseSiskinConfig(siskinYaml('', app), 'siskin.yaml', {});
const withDatabase = config('    accessories: [db]\n');
let folder: string;

/** A program of this name that ends so. */
async function put(name: string, exitCode: number): Promise<void> {
  await writeFile(join(folder, name), `#!/bin/sh\nexit ${exitCode}\n`);
  await chmod(join(folder, name), 0o755);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siskin-compose-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('what doctor says of the Compose CLI', () => {
  it('nothing where no app has accessories', async () => {
    expect(await checkComposeCli(config(), { PATH: folder })).toEqual([]);
  });

  it('that it is missing, and what to install', async () => {
    expect(await checkComposeCli(withDatabase, { PATH: folder })).toMatchObject([
      { level: 'fail', advice: expect.stringContaining('docker-compose') },
    ]);
  });

  it('docker-compose where docker has no plugin, docker compose where it has', async () => {
    await put('docker', 1);
    await put('docker-compose', 0);
    expect(await checkComposeCli(withDatabase, { PATH: folder })).toMatchObject([
      { level: 'ok', detail: 'docker-compose' },
    ]);
    await put('docker', 0);
    expect(await checkComposeCli(withDatabase, { PATH: folder })).toMatchObject([
      { level: 'ok', detail: 'docker compose' },
    ]);
  });
});
