import { type ComposeCli, findCompose } from '../../adapters/compose/compose-cli.ts';
import type { Env } from '../../config/env.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { ServiceMemory } from '../../domain/host/memory.ts';

/** @throws SiskinError PROGRAM_MISSING */
export async function composeOf(env: Env): Promise<ComposeCli> {
  const compose = await findCompose(env);
  if (compose !== null) return compose;
  throw new SiskinError('PROGRAM_MISSING', 'Neither `docker compose` nor `docker-compose` is on PATH.', {
    hint: 'Install the Compose plugin of Docker (docker-compose-plugin), or on Debian the package docker-compose.',
  });
}

/** The engine that Compose talks to, as DOCKER_HOST or siskin.yaml's default name it. */
export const engineOf = (env: Env): string => env.DOCKER_HOST || 'unix:///var/run/docker.sock';

/** The services of a part that run on this machine. */
export const activeServices = (services: readonly ServiceMemory[], profiles: readonly string[]): string[] =>
  services
    .filter(
      (one) =>
        one.replicas > 0 &&
        (one.profiles.length === 0 || one.profiles.some((name) => profiles.includes(name))),
    )
    .map(({ service }) => service);
