import type { ContainerInspectInfo } from 'dockerode';
import { z } from 'zod';
import { parseReplicaName, replicaName } from '../../domain/names.ts';
import type { ObservedReplica } from '../../domain/observation.ts';

/** What is read of the engine's answer; everything else of it is ignored. */
const inspected = z.object({
  RestartCount: z.number().catch(0),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number().catch(0),
    OOMKilled: z.boolean().catch(false),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  HostConfig: z.object({ NetworkMode: z.string() }),
  Config: z.object({ Labels: z.record(z.string(), z.string()) }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ IPAddress: z.string().catch('') })),
  }),
});

/** What a container of ours is, by its labels and state. @returns null for labels that Siskin did not write */
export function observedReplica(info: ContainerInspectInfo): ObservedReplica | null {
  const { State, RestartCount, Config, HostConfig, NetworkSettings } = inspected.parse(info);
  const labels = Config.Labels;
  const parsed = parseReplicaName(`${labels['siskin.release'] ?? ''}-${labels['siskin.slot'] ?? ''}`);
  if (!parsed) return null;
  const { IPAddress = '' } = NetworkSettings.Networks[HostConfig.NetworkMode] ?? {};
  return {
    name: replicaName(parsed.release, parsed.slot),
    ...parsed,
    status: statusOf(State.Status),
    address: IPAddress === '' ? null : IPAddress,
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    restarts: RestartCount,
    containerHealth: healthOf(State.Health?.Status),
  };
}

/** The engine's word for a container's state, in ours. */
export function statusOf(status: string): ObservedReplica['status'] {
  if (status === 'running' || status === 'paused') return 'running';
  if (status === 'restarting' || status === 'created') return status;
  return 'exited';
}

/** The engine's word for a container's health, in ours. */
export function healthOf(status: string | undefined): ObservedReplica['containerHealth'] {
  return status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none';
}
