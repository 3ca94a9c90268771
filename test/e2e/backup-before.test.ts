import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { connectDocker } from '../../src/adapters/docker/connect.ts';
import { commitVariant, createAppRepository } from '../support/app-repository.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { startSiskin } from '../support/siskin.ts';

it('makes a backup before a deployment; one that fails is a deployment that failed, and nothing has moved', async () => {
  const docker = connectDocker(process.env.DOCKER_HOST);
  const repository = await createAppRepository();
  const siskin = await startSiskin(repository, (app) => ({
    backup: { to: './backups', volumes: [`${app}-files`], beforeDeploy: [`${app}/production`] },
  }));
  const volume = `${siskin.app}-files`;
  try {
    const sha = await commitVariant(repository, { release: 'one' });
    const failed = await siskin.ended((await siskin.push(sha)).deployment);
    expect(failed).toMatchObject({ state: 'failed' });
    expect(failed.reason).toContain(`there is no volume ${volume}`);
    expect((await heldOf(siskin.app)).containers).toEqual([]);
    await docker.createVolume({ Name: volume });
    const next = await siskin.push(await commitVariant(repository, { release: 'two' }));
    expect(await siskin.ended(next.deployment)).toMatchObject({ state: 'succeeded' });
    expect(
      (await readdir(join(siskin.dataDir, 'backups'))).filter((name) => !name.startsWith('.')),
    ).toHaveLength(1);
  } finally {
    await siskin.remove();
    await docker.getVolume(volume).remove({ force: true });
    await repository.remove();
  }
});
