import { parseComposeAccessories } from '../src/config/compose-accessories.ts';
import { parseComposeService } from '../src/config/compose-file.ts';
import { withEnvFile } from '../src/config/env-file.ts';
import { pathFilter } from '../src/config/path-filter.ts';
import type { AppConfig, EnvironmentConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { backendName } from '../src/domain/names.ts';
import type { TrackedApp } from '../src/domain/push-policy.ts';
import { secretReference, variableSecrets } from '../src/domain/secrets.ts';
import type { AppEnvironment, Apps } from '../src/pipeline/app-environment.ts';
import type { Route } from '../src/pipeline/ports.ts';
import { besideAccessories } from './accessories.ts';

/** The apps of siskin.yaml as the pipeline wants them. */
export function pipelineApps(config: SiskinConfig): Apps {
  return {
    find({ app, environment }) {
      const owner = config.apps.find((candidate) => candidate.app === app);
      const found = owner?.environments.find((candidate) => candidate.environment === environment);
      return owner && found ? appEnvironment(config, owner, found) : null;
    },
  };
}

function appEnvironment(
  config: SiskinConfig,
  owner: AppConfig,
  environment: EnvironmentConfig,
): AppEnvironment {
  const key = { app: owner.app, environment: environment.environment };
  const { accessories = [] } = owner;
  const readAccessories = async (text: string) =>
    parseComposeAccessories(text, { ...(await composeOptions(config, owner, environment)), accessories });
  return {
    ...key,
    repository: owner.repository,
    branch: environment.branch,
    composeFile: owner.composeFile,
    service: owner.service,
    buildTimeoutMs: config.build.timeoutMs,
    secrets: environment.secrets,
    ...(owner.paths && { concerns: pathFilter(owner.composeFile, owner.paths) }),
    readSpec: async (text) => {
      const spec = parseComposeService(text, await composeOptions(config, owner, environment));
      // read here, too: what is wrong with them is told before anything is built
      return besideAccessories(config, key, spec, await readAccessories(text));
    },
    ...(accessories.length > 0 && { readAccessories }),
  };
}

const composeOptions = async (config: SiskinConfig, owner: AppConfig, environment: EnvironmentConfig) => ({
  file: owner.composeFile,
  service: owner.service,
  profiles: environment.profiles,
  variables: await composeVariables(environment),
  allow: config.allow,
  key: { app: owner.app, environment: environment.environment },
});

/** A secret stands in the Compose file by its name like a variable; what is put in there is a reference to it. */
async function composeVariables(environment: EnvironmentConfig): Promise<Record<string, string>> {
  const { variables } = await withEnvFile(environment);
  const references = variableSecrets(environment.secrets).map((name) => [name, secretReference(name)]);
  return { ...variables, ...Object.fromEntries(references) };
}

/** The apps as the push policy wants them. */
export const trackedApps = (config: SiskinConfig): TrackedApp[] =>
  config.apps.map(({ app, repository, environments }) => ({
    app,
    repository,
    environments: environments.map(({ environment, branch, forcedPushes }) => ({
      environment,
      branch,
      forcedPushes,
    })),
  }));

/**
 * Every environment's routes. One without any has a backend all the same, reachable on the router by a host name
 * that no resolver knows.
 */
export const routesOf = (config: SiskinConfig): Route[] =>
  config.apps.flatMap(({ app, service, environments }) =>
    environments.flatMap(({ environment, routes }) => {
      const backend = backendName({ app, environment }, service);
      const own = routes.length > 0 ? routes : [{ host: `${environment}.${app}.siskin.internal`, path: '/' }];
      return own.map((route) => ({ ...route, backend }));
    }),
  );
