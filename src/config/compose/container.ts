import type * as z from 'zod';
import type { ContainerSpec } from '../../domain/service-spec.ts';
import type { CommonKeys } from './common-fields.ts';
import type { resourcesField } from './deploy.ts';

interface ContainerKeys extends CommonKeys {
  deploy: { resources: z.output<typeof resourcesField> };
}

/** The part of a checked service that the engine is told. @param healthcheck what of it is wanted; undefined: the image's own */
export function containerSpec(service: ContainerKeys, healthcheck: CommonKeys['healthcheck']): ContainerSpec {
  const { limits, reservations } = service.deploy.resources;
  return {
    environment: service.environment,
    ...(service.command && { command: service.command }),
    ...(service.entrypoint && { entrypoint: service.entrypoint }),
    ...(service.working_dir !== undefined && { workingDir: service.working_dir }),
    ...(service.user !== undefined && { user: service.user }),
    readOnly: service.read_only,
    mounts: service.volumes,
    ...(service.networks.length > 0 && { networks: service.networks }),
    tmpfs: service.tmpfs,
    ulimits: service.ulimits,
    ...(limits.memory !== undefined && { memoryLimitBytes: limits.memory }),
    ...(reservations.memory !== undefined && { memoryReservationBytes: reservations.memory }),
    ...(limits.cpus !== undefined && { nanoCpus: limits.cpus }),
    logging: service.logging,
    restart: service.restart,
    ...(healthcheck && { healthcheck }),
    labels: service.labels,
  };
}
