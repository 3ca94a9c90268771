import { readdir } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type * as z from 'zod';
import type { BundlePart, HostBundle } from '../../domain/host/bundle.ts';
import type { ServiceMemory } from '../../domain/host/memory.ts';
import { readBoundedFile } from '../bounded-file.ts';
import { parseEnvFile } from '../env-file.ts';
import type { Variables } from '../interpolate.ts';
import { ProblemsError } from '../problems.ts';
import { size } from '../units.ts';
import { validate } from '../yaml-document.ts';
import { longestYamlBytes } from '../yaml-text.ts';
import { readYamlTree } from '../yaml-tree.ts';
import { partSchema, rootSchema } from './schema.ts';

const longestEnvFile = 256 * 1024;

/** What the root docker-compose.yml and .env say. */
export interface HostRoot {
  /** Absolute. */
  folder: string;
  project: string;
  profiles: string[];
  memoryBytes: number | null;
  /** Absolute paths, in the order of `include`. */
  includes: { name: string; file: string; envFile: string }[];
}

/**
 * Reads a folder that `siskin init host` wrote.
 * @param apps memory of the apps that Siskin runs on the host: see appsMemory
 * @throws SiskinError HOST_FOLDER_MISSING, CONFIG_UNREADABLE, ENV_FILE_INVALID; ProblemsError HOST_FOLDER_INVALID
 */
export async function readBundle(folder: string, apps: ServiceMemory[]): Promise<HostBundle> {
  const { includes, ...root } = await readRoot(folder);
  const parts = await Promise.all(includes.map(readPart));
  refuseSameService(parts.map(({ part }) => part));
  return {
    ...root,
    parts: parts.map(({ part }) => part),
    apps,
    unfilled: parts.flatMap(({ unfilled }) => unfilled),
  };
}

/** With `include`, all parts are one project. */
function refuseSameService(parts: readonly BundlePart[]): void {
  const first = new Map<string, BundlePart>();
  for (const part of parts)
    for (const { service } of part.services) {
      const other = first.get(service);
      const message = `is also a service of ${other?.name}/docker-compose.yml: rename one, for they are one project`;
      if (other)
        throw new ProblemsError('HOST_FOLDER_INVALID', [
          { file: part.file, key: `services.${service}`, message },
        ]);
      first.set(service, part);
    }
}

/** The folder without its parts. @throws as readBundle */
export async function readRoot(folder: string): Promise<HostRoot> {
  const root = resolve(folder);
  const file = join(root, 'docker-compose.yml');
  const text = await readBoundedFile(file, longestYamlBytes, 'HOST_FOLDER_MISSING');
  const { name, include } = read(text, file, {}, rootSchema);
  const own = await envOf(join(root, '.env'));
  const profiles = (own.COMPOSE_PROFILES ?? '').split(',').map((profile) => profile.trim());
  return {
    folder: root,
    project: own.COMPOSE_PROJECT_NAME || name,
    profiles: profiles.filter(Boolean),
    memoryBytes: machineBytes(own),
    includes: include.map((entry) => ({
      name: basename(dirname(entry.path)),
      file: resolve(root, entry.path),
      envFile: resolve(root, entry.env_file),
    })),
  };
}

/** The standby has its own size, and runs nothing else. */
function machineBytes({ COMPOSE_PROFILES, STANDBY_MEMORY, HOST_MEMORY }: Variables): number | null {
  const written = COMPOSE_PROFILES === 'standby' && STANDBY_MEMORY ? STANDBY_MEMORY : HOST_MEMORY;
  return (written && size.parse(written)) || null;
}

/** One Compose file with its own .env. @throws as readBundle */
export async function readPart({
  name,
  file,
  envFile,
}: HostRoot['includes'][number]): Promise<{ part: BundlePart; unfilled: string[] }> {
  const variables = await envOf(envFile);
  const text = await readBoundedFile(file, longestYamlBytes, 'HOST_FOLDER_MISSING');
  const compose = read(text, file, variables, partSchema);
  const internal = compose['x-siskin-internal'];
  const part = {
    name,
    file,
    envFile,
    services: Object.entries(compose.services).map(([service, settings]) => ({
      part: name,
      service,
      profiles: settings.profiles,
      replicas: settings.deploy.replicas,
      limitBytes: settings.deploy.resources.limits?.memory ?? settings.mem_limit ?? null,
      reservationBytes: settings.deploy.resources.reservations?.memory ?? settings.mem_reservation ?? null,
      surge: 0,
    })),
    networks: Object.entries(compose.networks).flatMap(([key, network]) =>
      network?.external ? [{ name: network.name ?? key, internal: internal.includes(key) }] : [],
    ),
    subnets: Object.entries(compose.networks).flatMap(([network, settings]) =>
      (settings?.ipam.config ?? []).flatMap(({ subnet }) =>
        subnet === undefined ? [] : [{ network, subnet }],
      ),
    ),
  };
  const open = Object.entries(variables).filter(([, value]) => value.includes('CHANGE-ME'));
  const variablesLeft = open.map(([variable]) => `${name}/.env: ${variable}`);
  return { part, unfilled: [...variablesLeft, ...(await unfilledSecrets(dirname(file), name))] };
}

/** Files of `secrets/` beside the part's Compose file, where it has them. */
async function unfilledSecrets(folder: string, part: string): Promise<string[]> {
  const names = await readdir(join(folder, 'secrets')).catch(() => []);
  const texts = await Promise.all(
    names.map((name) =>
      readBoundedFile(join(folder, 'secrets', name), longestEnvFile, 'HOST_FOLDER_MISSING'),
    ),
  );
  return names
    .filter((_, index) => texts[index]?.includes('CHANGE-ME'))
    .map((name) => `${part}/secrets/${name}`);
}

const envOf = async (file: string): Promise<Record<string, string>> =>
  parseEnvFile(await readBoundedFile(file, longestEnvFile, 'HOST_FOLDER_MISSING'), file);

/** @throws ProblemsError HOST_FOLDER_INVALID with every mistake */
function read<Schema extends z.ZodType>(
  text: string,
  file: string,
  variables: Variables,
  schema: Schema,
): z.output<Schema> {
  const tree = readYamlTree(text, { file, variables });
  const checked = tree.value === undefined ? undefined : validate(tree, schema, { isSecret: () => true });
  const problems = [...tree.problems, ...(checked?.problems ?? [])];
  if (checked?.value === undefined || problems.length > 0)
    throw new ProblemsError('HOST_FOLDER_INVALID', problems);
  return checked.value;
}
