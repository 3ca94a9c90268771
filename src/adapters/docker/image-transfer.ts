import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type EnvironmentKey, environmentId } from '../../domain/names.ts';
import type { ImageToBring } from '../../pipeline/standby/ports.ts';
import { engineStatus, reachingEngine } from './engine-errors.ts';
import { environmentLabels, labelFilter } from './labels.ts';

/** The image that most running replicas of each service of an environment are made from. */
export async function servingImages(from: Docker, to: Docker, key: EnvironmentKey): Promise<ImageToBring[]> {
  const filters = { ...labelFilter(environmentLabels(key)), status: ['running'] };
  const replicas = await reachingEngine(() => from.listContainers({ filters }));
  const services = [...new Set(replicas.map(({ Labels }) => Labels['siskin.service'] ?? ''))].sort();
  if (services.length === 0)
    throw new SiskinError(
      'STANDBY_SYNC_FAILED',
      `${environmentId(key)} runs nothing, so no image of it can be brought`,
    );
  const images = services.map(async (service): Promise<ImageToBring> => {
    const ids = replicas
      .filter(({ Labels }) => (Labels['siskin.service'] ?? '') === service)
      .map(({ ImageID }) => ImageID);
    const id = mostOf(ids);
    const { RepoTags } = await reachingEngine(() => from.getImage(id).inspect());
    return { key, service, id, name: RepoTags[0] ?? id, there: await isThere(from, to, id) };
  });
  return await Promise.all(images);
}

/** See Transfer.bringImage. */
export async function bringImage(from: Docker, to: Docker, image: ImageToBring): Promise<void> {
  if (!image.there) {
    const saved = await reachingEngine(() => from.getImage(image.name).get());
    const progress = await to.loadImage(saved);
    let said = '';
    progress.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString('utf8')}`.slice(-2_000);
    });
    await finished(progress);
    if (!(await isThere(from, to, image.id, image.name)))
      throw new SiskinError('STANDBY_SYNC_FAILED', `${image.name} is not what was sent: ${errorIn(said)}`);
  }
  const reference = await idThere(to, image);
  const [repo = '', tag = ''] = standbyName(image).split(':');
  await reachingEngine(() => to.getImage(reference).tag({ repo, tag }));
}

/** What the newest image is called there: `siskin/APP-ENVIRONMENT-SERVICE:standby`. */
export const standbyName = ({ key, service }: ImageToBring): string =>
  `siskin/${key.app}-${key.environment}-${service}:standby`;

/** By its id; engines with another image store give other ids, where the layers and the moment it was made tell. */
async function isThere(from: Docker, to: Docker, id: string, name?: string): Promise<boolean> {
  if ((await inspected(to, id)) !== null) return true;
  const [here, there] = [await inspected(from, id), name === undefined ? null : await inspected(to, name)];
  if (!here || !there) return false;
  return here.Created === there.Created && String(here.RootFS.Layers) === String(there.RootFS.Layers);
}

const idThere = async (to: Docker, { id, name }: ImageToBring): Promise<string> =>
  (await inspected(to, id)) === null ? name : id;

async function inspected(docker: Docker, image: string): Promise<Docker.ImageInspectInfo | null> {
  try {
    return await reachingEngine(() => docker.getImage(image).inspect());
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}

function mostOf(ids: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort(([, one], [, other]) => other - one)[0]?.[0] ?? '';
}

/** The engine tells a failed load in an event of its progress. */
function errorIn(said: string): string {
  const line = said.trim().split('\n').at(-1) ?? '';
  try {
    return z.object({ error: z.string() }).parse(JSON.parse(line)).error.slice(0, 300);
  } catch {
    return 'the engine says nothing of it';
  }
}
