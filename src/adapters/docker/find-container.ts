import type Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { reachingEngine } from './engine-errors.ts';
import { nameOf } from './listed-replica.ts';

export interface FoundContainer {
  id: string;
  name: string;
  image: string;
  imageId: string;
}

/**
 * The running container of this name, or the only one with this label.
 * @param named `shop-db` or `com.docker.compose.service=db`
 * @throws SiskinError CONTAINER_MISSING, DOCKER_UNAVAILABLE
 */
export async function findContainer(docker: Docker, named: string): Promise<FoundContainer> {
  const byLabel = named.includes('=');
  const filters = byLabel ? { label: [named] } : { name: [`^/${named.replaceAll('.', '\\.')}$`] };
  const found = await reachingEngine(() => docker.listContainers({ all: true, filters }));
  const running = found.filter(({ State }) => State === 'running');
  const [one, ...others] = running;
  if (one && others.length === 0)
    return { id: one.Id, name: nameOf(one), image: one.Image, imageId: one.ImageID };
  const what = byLabel ? `with the label ${named}` : named;
  if (one)
    throw new SiskinError(
      'CONTAINER_MISSING',
      `${running.length} containers ${what} run, and one is meant: ${running.map(nameOf).join(', ')}`,
    );
  const [stopped] = found;
  const state = stopped
    ? `the container ${nameOf(stopped)} is ${stopped.State}`
    : `there is no container ${what}`;
  throw new SiskinError('CONTAINER_MISSING', state);
}
