import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { z } from 'zod';
import { readBoundedFile } from '../../config/bounded-file.ts';
import { envSettings } from '../../config/env.ts';
import { interpolate } from '../../config/interpolate.ts';
import { longestYamlBytes, parseYamlText } from '../../config/yaml-text.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Io } from '../terminal/io.ts';

/** Where the Siskin of this machine keeps its data and listens. */
export interface LocalServer {
  /** Absolute. */
  dataDir: string;
  /** `host:port`; null when the file does not say. */
  listen: string | null;
}

/** What a client needs of siskin.yaml. */
export interface LocalConfig extends LocalServer {
  /** The age identity, absolute. */
  identityFile: string;
  /** The apps' environments, by app. */
  environments: ReadonlyMap<string, string[]>;
}

/** --config, SISKIN_CONFIG, ./siskin.yaml. */
export const configPath = (command: Command, io: Io): string =>
  z.object({ config: z.string().optional() }).parse(command.optsWithGlobals()).config ??
  envSettings(io.env).configFile;

/**
 * Reads where the local server listens and keeps its token. Nothing else of the file is looked at: whoever asks the
 * server need not have the secrets that the file names in their environment.
 * @returns null when there is no file @throws SiskinError CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function readLocalConfig(path: string, io: Io): Promise<LocalConfig | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  const parsed = parseYamlText(text);
  if ('mistakes' in parsed) {
    throw new SiskinError('CONFIG_INVALID', `${path}: ${parsed.mistakes[0]?.message ?? 'is not YAML'}`);
  }
  const value = (keys: string[]): string | null => {
    const found: unknown = parsed.document.getIn(keys);
    return typeof found === 'string' ? withVariables(found, `${path} ${keys.join('.')}`, io) : null;
  };
  const folder = dirname(resolve(path));
  const dataDir = resolve(folder, value(['dataDir']) ?? 'data');
  return {
    dataDir,
    listen: value(['server', 'listen']),
    identityFile: resolve(folder, value(['secrets', 'identityFile']) ?? join(dataDir, 'secrets', 'identity')),
    environments: environmentsOf(parsed.document.toJS({ maxAliasCount: 100 })),
  };
}

/** None where the file is not as it should be: `siskin config check` tells that. */
function environmentsOf(document: unknown): Map<string, string[]> {
  const { data } = appsSchema.safeParse(document);
  const apps = Object.entries(data?.apps ?? {});
  return new Map(apps.map(([app, { environments }]) => [app, Object.keys(environments)]));
}

/**
 * The environments that siskin.yaml names, whatever else is wrong in it.
 * @returns null when there is no file @throws SiskinError CONFIG_UNREADABLE
 */
export async function configuredEnvironments(path: string): Promise<EnvironmentKey[] | null> {
  const text = await readIfThere(path);
  const parsed = text === null ? null : parseYamlText(text);
  if (parsed === null) return null;
  const value: unknown = 'mistakes' in parsed ? null : parsed.document.toJS();
  return [...environmentsOf(value)].flatMap(([app, environments]) =>
    environments.map((environment) => ({ app, environment })),
  );
}

const appsSchema = z.looseObject({
  apps: z.record(z.string(), z.looseObject({ environments: z.record(z.string(), z.unknown()) })),
});

function withVariables(text: string, place: string, io: Io): string {
  const result = interpolate(text, io.env);
  if ('text' in result) return result.text;
  throw new SiskinError('CONFIG_INVALID', `${place}: ${result.errors.join('; ')}`);
}

/** @returns null when there is no such file */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readBoundedFile(path, longestYamlBytes, 'CONFIG_MISSING');
  } catch (error) {
    if (error instanceof SiskinError && error.code === 'CONFIG_MISSING') return null;
    throw error;
  }
}
