import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Tell } from '../backup/ports.ts';
import type { Standby, Transfer } from './ports.ts';

export interface SyncOrder {
  apps: readonly EnvironmentKey[];
  volumes: readonly string[];
  /** Those of them that run an image of `apps` are started anew when it is newer. */
  containers: readonly string[];
  /** Each dumps one database here and restores it there. */
  databases: readonly { name: string; bring: (tell: Tell) => Promise<void> }[];
  /** Before the containers there are started for the first time. It does not count as a synchronisation. */
  imagesOnly?: boolean;
}

/** What a synchronisation would do. Changes nothing. */
export async function planSync(transfer: Transfer, { apps, volumes, databases }: SyncOrder) {
  const images = await transfer.images(apps);
  const differences = [];
  for (const volume of volumes) differences.push({ volume, ...(await transfer.compareVolume(volume)) });
  return {
    images: images.map(({ name, id, there }) => ({ name, id, there })),
    volumes: differences,
    databases: databases.map(({ name }) => name),
  };
}

/**
 * Brings images, volumes and databases to the standby, one after the other. What is there and verified is not sent again,
 * so one that was interrupted is run again. Containers there take up newer images when all else is there. Only a whole one counts as the last synchronisation.
 * @throws SiskinError STANDBY_SERVING, STANDBY_BUSY, STANDBY_UNREACHABLE before anything was changed; STANDBY_SYNC_FAILED
 */
export async function synchronise(
  standby: Standby,
  transfer: Transfer,
  order: SyncOrder,
  now: () => Date,
  tell: Tell = () => {},
): Promise<{ at: string; sentFiles: number; sentBytes: number; images: number; restarted: string[] }> {
  const lock = await standby.lock();
  try {
    const state = await standby.read();
    if (state.serving)
      throw new SiskinError(
        'STANDBY_SERVING',
        'the standby serves now: what its users see would be overwritten',
      );
    // what it holds is as old as the moment it began to be read
    const at = now().toISOString();
    const totals = { sentFiles: 0, sentBytes: 0, images: 0 };
    const images = await transfer.images(order.apps);
    for (const image of images) {
      await told(`image ${image.name}`, () => transfer.bringImage(image));
      tell(`image ${image.name}: ${image.there ? 'is there already' : 'brought'}`);
      if (!image.there) totals.images += 1;
    }
    if (order.imagesOnly) return { at, ...totals, restarted: [] };
    for (const volume of order.volumes) {
      const { files, bytes, removed } = await told(`volume ${volume}`, () => transfer.bringVolume(volume));
      tell(`volume ${volume}: ${files} files sent (${bytes} bytes), ${removed} removed, all verified`);
      totals.sentFiles += files;
      totals.sentBytes += bytes;
    }
    for (const { name, bring } of order.databases) await told(`database ${name}`, () => bring(tell));
    const restarted: string[] = [];
    for (const image of images)
      for (const name of await told(`image ${image.name}`, () => transfer.takeUp(image, order.containers))) {
        tell(`container ${name}: started anew with ${image.name}`);
        restarted.push(name);
      }
    await standby.write({ ...state, lastSync: at });
    return { at, ...totals, restarted };
  } finally {
    await lock.release();
  }
}

async function told<T>(what: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof SiskinError && error.code === 'STANDBY_SYNC_FAILED') throw error;
    throw new SiskinError('STANDBY_SYNC_FAILED', `${what}: ${messageOf(error)}`, { cause: error });
  }
}
