import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { FileBackupShelf } from '../src/adapters/backups/backup-shelf.ts';
import { recorded } from '../src/adapters/backups/last-run.ts';
import { connectDocker } from '../src/adapters/docker/connect.ts';
import { connectStandby } from '../src/adapters/docker/connect-standby.ts';
import { DockerDatabases } from '../src/adapters/docker/databases.ts';
import { ensureHelperImage } from '../src/adapters/docker/helper-container.ts';
import { DockerStandby } from '../src/adapters/docker/standby.ts';
import { DockerTransfer } from '../src/adapters/docker/transfer.ts';
import { DockerVolumes } from '../src/adapters/docker/volumes.ts';
import { isReachable } from '../src/adapters/http/reachable.ts';
import { siskinVersion } from '../src/adapters/system/version.ts';
import { readPrivateFile } from '../src/config/private-file.ts';
import type { SiskinConfig, StandbyConfig } from '../src/config/siskin-config.ts';
import { backupId } from '../src/domain/backup/manifest.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import type { StandbyFacts } from '../src/domain/standby/checks.ts';
import type { DatabaseAt, Tell } from '../src/pipeline/backup/ports.ts';
import { planRestore, restoreBackup } from '../src/pipeline/backup/restore-backup.ts';
import { takeBackup } from '../src/pipeline/backup/take-backup.ts';
import { planSync, type SyncOrder, synchronise } from '../src/pipeline/standby/sync.ts';

const defaultHelper = 'busybox:1.36';
export const lastSyncFile = (dataDir: string): string => join(dataDir, 'standby-last.json');

export interface OpenStandby {
  settings: StandbyConfig;
  docker: Docker;
  standby: DockerStandby;
  databases: DockerDatabases;
  /** Its databases, each where it is on the standby. */
  targets: DatabaseAt[];
}

/**
 * The standby of siskin.yaml, which has answered.
 * @param env for SSH_AUTH_SOCK
 * @param at another address of the same engine, for who stands before it
 * @throws SiskinError NOT_CONFIGURED, STANDBY_UNREACHABLE, KEY_FILE_EXPOSED
 */
export async function openStandby(
  config: SiskinConfig,
  env: { SSH_AUTH_SOCK?: string | undefined },
  at?: string,
): Promise<OpenStandby> {
  const settings = config.standby;
  if (!settings) throw new SiskinError('NOT_CONFIGURED', `${config.file} has no section standby`);
  const address = at ?? settings.docker;
  const docker = await connectStandby({
    docker: address,
    ...(settings.ssh &&
      address.startsWith('ssh://') && {
        ssh: {
          hostKey: settings.ssh.hostKey,
          ...(settings.ssh.keyFile !== undefined && {
            privateKey: await readPrivateFile(settings.ssh.keyFile),
          }),
          ...(env.SSH_AUTH_SOCK !== undefined && { agent: env.SSH_AUTH_SOCK }),
        },
      }),
  });
  const sources = new Map(config.backup?.databases.map((one) => [one.name, one]));
  const targets = settings.databases.flatMap(({ name, container }): DatabaseAt[] => {
    const source = sources.get(name);
    return source ? [{ ...source, container }] : [];
  });
  return {
    settings,
    docker,
    standby: new DockerStandby(docker, helperOf(config)),
    databases: new DockerDatabases(docker, { readSecret: readPrivateFile }),
    targets,
  };
}

const helperOf = ({ backup }: SiskinConfig): string => backup?.helperImage ?? defaultHelper;

/** @throws as openStandby and synchronise */
export async function syncStandby(
  config: SiskinConfig,
  env: { SSH_AUTH_SOCK?: string | undefined },
  tell?: Tell,
): Promise<Awaited<ReturnType<typeof synchronise>>> {
  return await recorded(lastSyncFile(config.dataDir), now, async () => {
    const { standby, transfer, order } = await parts(config, env);
    return await synchronise(standby, transfer, order, now, tell);
  });
}

/** Brings the images alone: what the containers there need before they are started for the first time. @throws as syncStandby */
export async function bringStandbyImages(
  config: SiskinConfig,
  env: { SSH_AUTH_SOCK?: string | undefined },
  tell?: Tell,
): Promise<Awaited<ReturnType<typeof synchronise>>> {
  const { standby, transfer, order } = await parts(config, env);
  return await synchronise(standby, transfer, { ...order, imagesOnly: true }, now, tell);
}

/** What syncStandby would do. */
export async function planStandbySync(
  config: SiskinConfig,
  env: { SSH_AUTH_SOCK?: string | undefined },
): Promise<Awaited<ReturnType<typeof planSync>>> {
  const { transfer, order } = await parts(config, env);
  return await planSync(transfer, order);
}

async function parts(config: SiskinConfig, env: { SSH_AUTH_SOCK?: string | undefined }) {
  const open = await openStandby(config, env);
  const from = connectDocker(config.docker.host);
  const transfer = new DockerTransfer(from, open.docker, helperOf(config));
  await transfer.prepare();
  const { apps, volumes, containers } = open.settings;
  const databases = open.targets.map((target) => ({
    name: target.name,
    bring: (tell: Tell) => bringDatabase(config, open, target, tell),
  }));
  const order: SyncOrder = { apps, volumes, containers, databases };
  return { standby: open.standby, transfer, order };
}

/** Dumps it whole to this disk, compares checksums, then restores it there: a dump that fails never reaches the standby. */
async function bringDatabase(
  config: SiskinConfig,
  open: OpenStandby,
  target: DatabaseAt,
  tell: Tell,
): Promise<void> {
  const source = config.backup?.databases.find(({ name }) => name === target.name);
  if (!source) throw new SiskinError('NOT_CONFIGURED', `backup.databases has no ${target.name}`);
  const shelf = new FileBackupShelf(join(config.dataDir, 'standby', target.name));
  const from = connectDocker(config.docker.host);
  const helper = helperOf(config);
  const here = {
    shelf,
    databases: new DockerDatabases(from, { readSecret: readPrivateFile }),
    volumes: new DockerVolumes(from, helper),
  };
  const createdAt = now();
  const id = backupId(createdAt, randomBytes(4).toString('hex'));
  const keep = { last: 1, daily: 0, weekly: 0, monthly: 0 };
  const order = {
    id,
    createdAt,
    siskin: siskinVersion(),
    reason: 'standby',
    keep,
    databases: [source],
    volumes: [],
  };
  await takeBackup(here, order, tell);
  try {
    const there = { shelf, databases: open.databases, volumes: new DockerVolumes(open.docker, helper) };
    const plan = await planRestore(there, id, new Map([[target.name, target]]), new Map());
    await restoreBackup(there, plan, tell);
  } finally {
    await shelf.remove(id);
  }
}

/** What can be seen of primary and standby. */
export async function standbyFacts(
  config: SiskinConfig,
  { settings, docker, standby }: OpenStandby,
): Promise<StandbyFacts> {
  await ensureHelperImage(docker, helperOf(config));
  const [probes, containers, state] = await Promise.all([
    Promise.all(settings.probes.map(async (address) => ({ address, answers: await isReachable(address) }))),
    standby.containers(settings.containers),
    standby.read(),
  ]);
  const { lastSync, serving } = state;
  return { probes, containers, serving, lastSync: lastSync === null ? null : new Date(lastSync) };
}

/** Makes the standby serve, or stop serving: whether its databases take writes, and what it remembers. */
export async function setServing(open: OpenStandby, serving: boolean): Promise<void> {
  const { settings, standby, databases, targets } = open;
  for (const target of targets)
    if (target.kind === 'postgres') await databases.setReadOnly(target, serving && settings.readOnly);
  await standby.write({ ...(await standby.read()), serving });
}

const now = (): Date => new Date();
