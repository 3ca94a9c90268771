import type { ContainerInfo } from 'dockerode';
import { z } from 'zod';
import { containerName, type EnvironmentKey, namePattern, parseReplicaName } from '../../domain/names.ts';
import type { GlancedReplica } from '../../domain/observation.ts';
import { statusOf } from './observed-replica.ts';

/** What is read of one container in the engine's list. */
const listed = z.object({
  State: z.string(),
  Status: z.string().catch(''),
  HostConfig: z.object({ NetworkMode: z.string() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string().catch('') })),
  }),
});

/** A replica as the engine's list shows it; nothing for labels that Siskin did not write. */
export function glancedReplica(info: ContainerInfo): GlancedReplica[] {
  const name = labelledAs(info);
  const parsed = name === undefined ? undefined : parseReplicaName(name);
  if (name === undefined || parsed === undefined) return [];
  const { State, Status, HostConfig, NetworkSettings } = listed.parse(info);
  const status = statusOf(State);
  const { IPAddress = '' } = NetworkSettings.Networks[HostConfig.NetworkMode] ?? {};
  const address = status !== 'running' || IPAddress === '' ? null : IPAddress;
  return [{ name, ...parsed, status, address, containerHealth: healthOf(Status) }];
}

/** `Up 2 minutes (healthy)`: the list tells a health check in words only. */
function healthOf(status: string): GlancedReplica['containerHealth'] {
  const [, word] = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status) ?? [];
  return word === 'starting' || word === 'healthy' || word === 'unhealthy' ? word : 'none';
}

/** It has a replica's labels, and the name that Siskin gives such a one. */
export function isNamedSo(container: ContainerInfo, key: EnvironmentKey, service: string): boolean {
  const replica = labelledAs(container);
  return replica !== undefined && nameOf(container) === containerName(key, service, replica);
}

/** It has a replica's labels, but another name. */
export const isStray = (container: ContainerInfo, key: EnvironmentKey, service: string): boolean =>
  labelledAs(container) !== undefined && !isNamedSo(container, key, service);

/** The service of a container with a replica's labels; none of another, such as a hook's or an accessory's. */
export function serviceOfReplica(container: ContainerInfo): string[] {
  const service = container.Labels['siskin.service'] ?? '';
  return labelledAs(container) !== undefined && namePattern.test(service) ? [service] : [];
}

/** The engine writes names with a slash before them. */
export const nameOf = ({ Names }: ContainerInfo): string => (Names[0] ?? '').slice(1);

/** The replica that a container's labels make it; undefined when they are not those of a replica. */
function labelledAs({ Labels }: ContainerInfo): string | undefined {
  const name = `${Labels['siskin.release'] ?? ''}-${Labels['siskin.slot'] ?? ''}`;
  return parseReplicaName(name) && name;
}
