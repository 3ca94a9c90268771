import type { ContainerSpec } from '../../domain/service-spec.ts';
import type { CheckedService } from './service.ts';

/** The part of the service that the engine is told. */
export function containerSpec(service: CheckedService): ContainerSpec {
  const { limits, reservations } = service.deploy.resources;
  const { healthcheck } = service;
  // with x-siskin.health Siskin asks by itself; switching off the image's own check is honoured all the same
  const checks = healthcheck && (!service['x-siskin'].health || healthcheck.test[0] === 'NONE');
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
    ...(checks && { healthcheck }),
    labels: service.labels,
  };
}
