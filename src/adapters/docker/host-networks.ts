import type Docker from 'dockerode';
import type { NamedSubnet } from '../../domain/host/subnets.ts';
import { doneWhen, reachingEngine } from './engine-errors.ts';

/** The addresses that the engine's networks have. @throws SiskinError DOCKER_UNAVAILABLE */
export async function subnetsOfEngine(docker: Docker): Promise<NamedSubnet[]> {
  const networks = await reachingEngine(() => docker.listNetworks());
  return networks.flatMap(({ Name, IPAM }) =>
    (IPAM?.Config ?? []).flatMap(({ Subnet }) =>
      Subnet === undefined ? [] : [{ network: Name, subnet: Subnet }],
    ),
  );
}

/** Makes a network that others will join. @param internal it has no way to the outside */
export async function makeNetwork(
  docker: Docker,
  name: string,
  internal: boolean,
): Promise<'made' | 'there'> {
  const existing = await reachingEngine(() => docker.listNetworks({ filters: { name: [name] } }));
  if (existing.some((network) => network.Name === name)) return 'there';
  await doneWhen([409], () =>
    docker.createNetwork({ Name: name, Driver: 'bridge', Internal: internal, CheckDuplicate: true }),
  );
  return 'made';
}
