import type Docker from 'dockerode';
import { doneWhen, reachingEngine } from './engine-errors.ts';
import { labelFilter } from './labels.ts';

/** Removes an app's containers, then its images and networks. Only what carries its label. @throws SiskinError DOCKER_UNAVAILABLE */
export async function removeApp(docker: Docker, app: string): Promise<void> {
  const filters = labelFilter({ 'siskin.app': app });
  const containers = await reachingEngine(() => docker.listContainers({ all: true, filters }));
  await Promise.all(
    containers.map(({ Id }) =>
      doneWhen([404, 409], () => docker.getContainer(Id).remove({ force: true, v: true })),
    ),
  );
  const images = await reachingEngine(() => docker.listImages({ filters }));
  for (const { Id } of images) await doneWhen([404, 409], () => docker.getImage(Id).remove({ force: true }));
  const networks = await reachingEngine(() => docker.listNetworks({ filters }));
  await Promise.all(networks.map(({ Id }) => doneWhen([404, 409], () => docker.getNetwork(Id).remove())));
}
