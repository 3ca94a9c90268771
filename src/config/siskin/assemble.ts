import { join, resolve } from 'node:path';
import type * as z from 'zod';
import { assembleSafety } from './assemble-backup.ts';
import { assembleAccess, assembleFront, assembleSite } from './assemble-front.ts';
import { assembleEnvironmentSlack, assembleSlack } from './assemble-slack.ts';
import type { siskinSchema } from './schema.ts';
import { serviceNamesOf } from './schema-services.ts';
import type { AppConfig, EnvironmentConfig, GitConfig, GithubConfig, SiskinConfig } from './types.ts';

type Checked = z.output<typeof siskinSchema>;
type CheckedApp = Checked['apps'][string];

/** The checked document as SiskinConfig. @param folder what relative paths are relative to */
export const assembleConfig = (checked: Checked, file: string, folder: string): SiskinConfig => ({
  file,
  dataDir: resolve(folder, checked.dataDir),
  server: withoutUndefined(checked.server),
  ...(checked.redis && { redis: checked.redis }),
  ...(checked.prometheus && { prometheus: checked.prometheus }),
  router: withoutUndefined({
    ...checked.router,
    socket: checked.router.socket === undefined ? undefined : resolve(folder, checked.router.socket),
  }),
  ...(checked.front && { front: assembleFront(checked.front, folder) }),
  docker: withoutUndefined(checked.docker),
  github: assembleGithub(checked.github, folder),
  ...(checked.slack && { slack: assembleSlack(checked.slack) }),
  api: {
    tokens: checked.api.tokens.map(({ name, role, hash }) => ({
      name,
      role,
      sha256: hash.slice(7).toLowerCase(),
    })),
  },
  build: {
    timeoutMs: checked.build.timeout,
    concurrency: checked.build.concurrency,
    maxContextBytes: checked.build.maxContext,
    ...(checked.build.memory !== undefined && { memoryBytes: checked.build.memory }),
    ...(checked.build.cpus !== undefined && { nanoCpus: checked.build.cpus }),
    ...(checked.build.keepCache !== undefined && { keepCacheBytes: checked.build.keepCache }),
  },
  reconcile: { everyMs: checked.reconcile.every },
  history: { keep: checked.history.keep, maxAgeMs: checked.history.maxAge },
  allow: checked.allow,
  secrets: withoutUndefined({
    identityFile: resolve(
      folder,
      checked.secrets.identityFile ?? join(checked.dataDir, 'secrets', 'identity'),
    ),
    runDir: checked.secrets.runDir === undefined ? undefined : resolve(folder, checked.secrets.runDir),
  }),
  ...assembleSafety(checked, folder),
  apps: Object.entries(checked.apps).map(([name, app]) => assembleApp(name, app, folder)),
});

function assembleGithub(checked: Checked['github'], folder: string): GithubConfig {
  const { webhookSecret, token, app, apiUrl, deployments = true, statuses = true } = checked;
  const key = app && { ...app, privateKeyFile: resolve(folder, app.privateKeyFile) };
  return {
    webhookSecrets: [webhookSecret ?? []].flat(),
    apiUrl,
    deployments,
    statuses,
    ...(token !== undefined && { auth: { kind: 'token', token } }),
    ...(key && { auth: { kind: 'app', ...withoutUndefined(key) } }),
  };
}

const assembleApp = (app: string, checked: CheckedApp, folder: string): AppConfig => ({
  app,
  repository: checked.repo,
  composeFile: checked.compose,
  services: serviceNamesOf(checked),
  ...(checked.accessories && { accessories: checked.accessories }),
  ...(checked.paths && { paths: checked.paths }),
  git: assembleGit(checked.git, folder),
  environments: Object.entries(checked.environments).map(
    ([environment, settings]): EnvironmentConfig => ({
      environment,
      branch: settings.branch,
      forcedPushes: settings.forcedPushes ?? checked.forcedPushes ?? 'allow',
      routes: settings.routes.map(withoutUndefined),
      profiles: settings.profiles,
      variables: settings.env,
      secrets: settings.secrets.uses,
      secretValues: settings.secrets.values,
      ...(settings.envFile !== undefined && { envFile: resolve(folder, settings.envFile) }),
      ...(settings.front && { front: assembleSite(settings.front, folder) }),
      ...(settings.access && { access: assembleAccess(settings.access) }),
      ...(settings.slack && { slack: assembleEnvironmentSlack(settings.slack) }),
    }),
  ),
});

function assembleGit(git: CheckedApp['git'], folder: string): GitConfig {
  const { deployKeyFile, knownHostsFile, knownHosts, token, username = '', submodules, lfs } = git ?? {};
  return withoutUndefined({
    deployKeyFile: deployKeyFile === undefined ? undefined : resolve(folder, deployKeyFile),
    knownHosts:
      knownHostsFile === undefined
        ? knownHosts && { lines: knownHosts }
        : { file: resolve(folder, knownHostsFile) },
    credentials: token === undefined ? undefined : { username, password: token },
    submodules: submodulesOf(submodules ?? false),
    lfs: lfs ?? false,
  });
}

const submodulesOf = (written: boolean | { hosts: string[] }): GitConfig['submodules'] => {
  if (typeof written === 'boolean') return written && { hosts: [] };
  return { hosts: written.hosts.map((host) => host.toLowerCase()) };
};

type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}
