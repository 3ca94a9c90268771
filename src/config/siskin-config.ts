import { dirname, resolve } from 'node:path';
import { readBoundedFile } from './bounded-file.ts';
import { withEnvFile } from './env-file.ts';
import { readGithubAppKey } from './github-key.ts';
import type { Variables } from './interpolate.ts';
import { ProblemsError } from './problems.ts';
import { assembleConfig } from './siskin/assemble.ts';
import { crossChecks } from './siskin/checks.ts';
import { siskinSchema } from './siskin/schema.ts';
import type { AppConfig, EnvironmentConfig, SiskinConfig } from './siskin/types.ts';
import { validate } from './yaml-document.ts';
import type { Path } from './yaml-path.ts';
import { longestYamlBytes } from './yaml-text.ts';
import { readYamlTree } from './yaml-tree.ts';

export type * from './siskin/types.ts';

/**
 * Reads siskin.yaml.
 * @param path of the file; relative paths inside are relative to its folder
 * @param env values for `${VAR}`
 * @throws SiskinError CONFIG_MISSING, CONFIG_UNREADABLE; ProblemsError CONFIG_INVALID with every mistake;
 * SiskinError ENV_FILE_INVALID, KEY_FILE_EXPOSED, KEY_FILE_INVALID
 */
export async function loadSiskinConfig(path: string, env: Variables): Promise<SiskinConfig> {
  const text = await readBoundedFile(path, longestYamlBytes, 'CONFIG_MISSING');
  const config = parseSiskinConfig(text, path, env);
  // read here only so that a broken one is told at the start; what it says may change until the next deployment
  await Promise.all(config.apps.flatMap(({ environments }) => environments.map(withEnvFile)));
  if (config.github.auth?.kind === 'app') await readGithubAppKey(config.github.auth.privateKeyFile);
  return config;
}

/** loadSiskinConfig without the file system: no `envFile` is looked at. @param file how messages name it, and what paths are relative to */
export function parseSiskinConfig(text: string, file: string, env: Variables): SiskinConfig {
  const tree = readYamlTree(text, { file, variables: env, verbatim: isVariable });
  const { value, problems } =
    tree.value === undefined ? { problems: [] } : validate(tree, siskinSchema, { isSecret });
  const all = [...tree.problems, ...problems, ...(tree.value === undefined ? [] : crossChecks(tree))];
  if (value === undefined || all.length > 0) throw new ProblemsError('CONFIG_INVALID', all);
  return assembleConfig(value, resolve(file), dirname(resolve(file)));
}

/** The app and environment of these names, as siskin.yaml has them. */
export function findEnvironment(
  config: Pick<SiskinConfig, 'apps'>,
  key: { app: string; environment: string },
): { app: AppConfig; environment: EnvironmentConfig } | undefined {
  const app = config.apps.find((candidate) => candidate.app === key.app);
  const environment = app?.environments.find((candidate) => candidate.environment === key.environment);
  return app && environment ? { app, environment } : undefined;
}

/** `apps.*.environments.*.env.*` and `….secrets.*.value`: what becomes text in a container stays as it was written. */
const isVariable = ({ length, 0: top, 4: key, 6: detail }: Path): boolean =>
  top === 'apps' && ((length === 6 && key === 'env') || (key === 'secrets' && detail === 'value'));

const secretOfSlack = new Set(['botToken', 'signingSecret', 'appToken', 'webhookUrl']);

/** What may be a secret, or hold one, is never shown in a message. */
const isSecret = (path: Path): boolean =>
  isVariable(path) ||
  path.includes('webhookSecret') ||
  (path[0] === 'github' && (path.at(-1) === 'token' || path.at(-1) === 'apiUrl')) ||
  (path[0] === 'api' && path.at(-1) === 'hash') ||
  path.join('.') === 'front.limits.bypass.token' ||
  (path[0] === 'dns' && path.at(-1) === 'token') ||
  (path[0] === 'slack' && secretOfSlack.has(String(path.at(-1)))) ||
  (path[0] === 'apps' && (path.at(-1) === 'repo' || path.at(-1) === 'token')) ||
  ((path[0] === 'redis' || path[0] === 'prometheus' || path[0] === 'docker') && path.length > 1);
