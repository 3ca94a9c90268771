import type Docker from 'dockerode';
import { AccessoriesUp } from '../src/adapters/compose/accessories-up.ts';
import { DockerAccessories } from '../src/adapters/docker/accessories.ts';
import type { Env } from '../src/config/env.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { type AccessorySpec, environmentNetwork } from '../src/domain/accessories/accessory.ts';
import { accessoryProject, composeDocument, volumesOf } from '../src/domain/accessories/compose-document.ts';
import type { EnvironmentKey } from '../src/domain/names.ts';
import type { ServiceSpec } from '../src/domain/service-spec.ts';
import type { Accessories } from '../src/pipeline/accessories/ports.ts';

export interface AccessoriesOptions {
  config: Pick<SiskinConfig, 'docker'>;
  env: Env;
  mask: (text: string) => string;
}

/** The engine tells what there is; the Compose CLI makes what is missing. */
export function accessoriesOf(docker: Docker, { config, env, mask }: AccessoriesOptions): Accessories {
  const engine = new DockerAccessories(docker, mask);
  const cli = new AccessoriesUp({ dockerHost: config.docker.host, environment: env });
  return {
    list: (key) => engine.list(key),
    untilChanged: (key, look, limitMs, signal) => engine.untilChanged(key, look, limitMs, signal),
    logTail: (container, lines) => engine.logTail(container, lines),
    bringUp: async (key, wanted, onLine, signal) => {
      await engine.prepare(
        key,
        wanted.flatMap(({ spec }) => volumesOf(spec.container)),
      );
      await cli.up(accessoryProject(key), composeDocument(key, wanted), onLine, signal);
    },
  };
}

/** Accessories are in the environment's own network: replicas that are made in a shared one join it, too. */
export function besideAccessories(
  { docker }: Pick<SiskinConfig, 'docker'>,
  key: EnvironmentKey,
  spec: ServiceSpec,
  accessories: readonly AccessorySpec[],
): ServiceSpec {
  if (docker.network === undefined || accessories.length === 0) return spec;
  const networks = [...(spec.container.networks ?? []), environmentNetwork(key)];
  return { ...spec, container: { ...spec.container, networks } };
}
