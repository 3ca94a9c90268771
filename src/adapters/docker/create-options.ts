import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import { containerName } from '../../domain/names.ts';
import { secretsFolder } from '../../domain/secrets.ts';
import type { ContainerSpec, Mount } from '../../domain/service-spec.ts';
import type { ReplicaRequest } from '../../pipeline/ports.ts';
import { replicaLabels } from './labels.ts';

/** Processes a replica may have; a fork bomb stops here. */
const pidsLimit = 4096;

/**
 * What the engine is asked for. Least privilege: no new privileges, an init as PID 1, bounded processes.
 * @param secretFiles folder of the host with the release's secrets; null when it has none
 */
export function createOptions(
  request: ReplicaRequest,
  network: string,
  secretFiles: string | null,
): ContainerCreateOptions {
  const { container } = request;
  return {
    name: containerName(request, request.service, request.replica),
    Image: request.image,
    Labels: { ...container.labels, ...replicaLabels(request) },
    Env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
    StopTimeout: Math.ceil(request.stopGraceMs / 1000),
    ...(container.command && { Cmd: container.command }),
    ...(container.entrypoint && { Entrypoint: container.entrypoint }),
    ...(container.workingDir !== undefined && { WorkingDir: container.workingDir }),
    ...(container.user !== undefined && { User: container.user }),
    ...(container.healthcheck && { Healthcheck: healthcheckOf(container.healthcheck) }),
    HostConfig: {
      Init: true,
      NetworkMode: network,
      ReadonlyRootfs: container.readOnly,
      RestartPolicy: { Name: container.restart },
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: pidsLimit,
      Mounts: [...container.mounts.map(mountOf), ...secretsMount(secretFiles)],
      Tmpfs: Object.fromEntries(container.tmpfs.map(tmpfsOf)),
      Ulimits: container.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      LogConfig: { Type: container.logging.driver, Config: container.logging.options },
      ...resourcesOf(container),
    },
  };
}

const resourcesOf = (container: ContainerSpec) => ({
  ...(container.memoryLimitBytes !== undefined && {
    Memory: container.memoryLimitBytes,
    MemorySwap: container.memoryLimitBytes,
  }),
  ...(container.memoryReservationBytes !== undefined && {
    MemoryReservation: container.memoryReservationBytes,
  }),
  ...(container.nanoCpus !== undefined && { NanoCpus: container.nanoCpus }),
});

/** The engine counts in nanoseconds. */
const nanoseconds = (ms: number): number => ms * 1_000_000;

const healthcheckOf = (check: NonNullable<ContainerSpec['healthcheck']>) => ({
  Test: check.test,
  Interval: nanoseconds(check.intervalMs),
  Timeout: nanoseconds(check.timeoutMs),
  StartPeriod: nanoseconds(check.startPeriodMs),
  Retries: check.retries,
});

const mountOf = (mount: Mount): MountSettings => ({
  Type: mount.type,
  Source: mount.source,
  Target: mount.target,
  ReadOnly: mount.readOnly,
});

const secretsMount = (source: string | null): MountSettings[] =>
  source === null ? [] : [{ Type: 'bind', Source: source, Target: secretsFolder, ReadOnly: true }];

function tmpfsOf(entry: string): [string, string] {
  const colon = entry.indexOf(':');
  return colon === -1 ? [entry, ''] : [entry.slice(0, colon), entry.slice(colon + 1)];
}
