import Docker from 'dockerode';

const docker = new Docker();

/** What the engine holds of an app, by label. */
export async function heldOf(
  app: string,
): Promise<{ containers: string[]; images: string[]; networks: string[] }> {
  const filters = { label: [`siskin.app=${app}`] };
  const [containers, images, networks] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listImages({ filters }),
    docker.listNetworks({ filters }),
  ]);
  return {
    containers: containers.map(({ Names, State }) => `${Names[0]?.slice(1)} ${State}`).sort(),
    images: images.flatMap(({ RepoTags, Id }) => RepoTags ?? [Id]).sort(),
    networks: networks.map(({ Name }) => Name).sort(),
  };
}

/** Removes an app's containers, images and networks. */
export async function removeEverythingOf(app: string): Promise<void> {
  const filters = { label: [`siskin.app=${app}`] };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  const images = await docker.listImages({ filters });
  for (const { Id } of images) await docker.getImage(Id).remove({ force: true });
  const networks = await docker.listNetworks({ filters });
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()));
}
