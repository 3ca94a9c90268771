import type Docker from 'dockerode';

/**
 * What a container was told beyond its image, to make one like it from another image. What it has from its image is left out:
 * the other image may have other defaults.
 * @param image that the container was made from
 */
export function settingsAgain(
  { Id, Config, HostConfig }: Docker.ContainerInspectInfo,
  { Config: given }: Docker.ImageInspectInfo,
): Docker.ContainerCreateOptions {
  const own = <Key extends keyof typeof Config & keyof typeof given>(key: Key) =>
    JSON.stringify(Config[key]) === JSON.stringify(given[key]) ? {} : { [key]: Config[key] };
  const labels = Object.entries(Config.Labels ?? {}).filter(
    ([name, value]) => given.Labels?.[name] !== value,
  );
  return {
    Image: Config.Image,
    ...(Id.startsWith(Config.Hostname) ? {} : { Hostname: Config.Hostname }),
    Env: Config.Env.filter((line) => !(given.Env ?? []).includes(line)),
    Labels: Object.fromEntries(labels),
    ...own('Cmd'),
    ...own('Entrypoint'),
    ...own('WorkingDir'),
    ...own('User'),
    ...own('ExposedPorts'),
    ...own('Volumes'),
    ...own('Healthcheck'),
    ...('StopSignal' in Config && { StopSignal: String(Config.StopSignal) }),
    ...('StopTimeout' in Config && { StopTimeout: Number(Config.StopTimeout) }),
    HostConfig,
  };
}

/** Its networks, the one it was made with first, with the addresses and names that it was given there. */
export function networksAgain({
  Id,
  HostConfig,
  NetworkSettings,
}: Docker.ContainerInspectInfo): { network: string; endpoint: Docker.EndpointSettings }[] {
  const first = HostConfig.NetworkMode;
  return Object.entries(NetworkSettings.Networks)
    .sort(([a], [b]) => Number(b === first) - Number(a === first))
    .map(([network, { Aliases, IPAMConfig }]) => ({
      network,
      endpoint: {
        ...(Aliases && { Aliases: Aliases.filter((alias: string) => !Id.startsWith(alias)) }),
        ...(IPAMConfig && { IPAMConfig }),
      },
    }));
}
