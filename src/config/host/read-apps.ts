import { join, resolve } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { appComposeFile } from '../../domain/host/apps.ts';
import type { ServiceMemory } from '../../domain/host/memory.ts';
import { secretReferences } from '../../domain/secrets.ts';
import { readBoundedFile } from '../bounded-file.ts';
import { parseComposeServices } from '../compose-file.ts';
import { parseEnvFile } from '../env-file.ts';
import {
  type AppConfig,
  type EnvironmentConfig,
  parseSiskinConfig,
  type SiskinConfig,
} from '../siskin-config.ts';
import { longestYamlBytes } from '../yaml-text.ts';

const longestEnvFile = 256 * 1024;

/**
 * siskin.yaml of a host's folder, with the variables that its containers get.
 * @throws SiskinError HOST_FOLDER_MISSING, ENV_FILE_INVALID; ProblemsError CONFIG_INVALID
 */
export async function readHostConfig(folder: string): Promise<SiskinConfig> {
  const file = join(resolve(folder), 'siskin.yaml');
  const envFile = join(resolve(folder), 'siskin', '.env');
  const variables = parseEnvFile(
    await readBoundedFile(envFile, longestEnvFile, 'HOST_FOLDER_MISSING'),
    envFile,
  );
  return parseSiskinConfig(
    await readBoundedFile(file, longestYamlBytes, 'HOST_FOLDER_MISSING'),
    file,
    variables,
  );
}

/**
 * What the apps' replicas may take, by the Compose files below apps/; an app without one there counts nothing.
 * @throws ProblemsError COMPOSE_INVALID: the file, as Siskin would read it from the repository
 */
export async function appsMemory(folder: string, config: SiskinConfig): Promise<ServiceMemory[]> {
  const found = await Promise.all(
    config.apps.map(async (app) => {
      const file = join(resolve(folder), appComposeFile(app.app));
      const text = await textIfThere(file);
      return text === null
        ? []
        : app.environments.flatMap((environment) => replicas(text, file, config, app, environment));
    }),
  );
  return found.flat();
}

function replicas(
  text: string,
  file: string,
  { allow }: SiskinConfig,
  { app, services }: AppConfig,
  { environment, profiles, variables: ofFile, secrets }: EnvironmentConfig,
): ServiceMemory[] {
  const key = { app, environment };
  const variables = { ...ofFile, ...secretReferences(secrets) };
  const specs = parseComposeServices(text, { file, services, profiles, variables, allow, key });
  return specs.map(({ service, container, rollout }) => ({
    part: 'apps',
    service: specs.length === 1 ? `${app} ${environment}` : `${app} ${environment} ${service}`,
    // Production and test are switched on and off with the profiles of the same name.
    profiles: [environment === 'test' ? 'test' : 'main'],
    replicas: rollout.replicas,
    limitBytes: container.memoryLimitBytes ?? null,
    reservationBytes: container.memoryReservationBytes ?? null,
    surge: rollout.order === 'start-first' ? 1 : 0,
  }));
}

async function textIfThere(file: string): Promise<string | null> {
  try {
    return await readBoundedFile(file, longestYamlBytes, 'HOST_FOLDER_MISSING');
  } catch (error) {
    if (error instanceof SiskinError && error.code === 'HOST_FOLDER_MISSING') return null;
    throw error;
  }
}
