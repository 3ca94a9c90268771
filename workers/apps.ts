import { parseComposeAccessories } from '../src/config/compose-accessories.ts';
import { parseComposeServices } from '../src/config/compose-file.ts';
import { withEnvFile } from '../src/config/env-file.ts';
import { pathFilter } from '../src/config/path-filter.ts';
import type { AppConfig, EnvironmentConfig, RouteConfig, SiskinConfig } from '../src/config/siskin-config.ts';
import { backendName } from '../src/domain/names.ts';
import type { TrackedApp } from '../src/domain/push-policy.ts';
import { secretReferences } from '../src/domain/secrets.ts';
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
    services: owner.services,
    buildTimeoutMs: config.build.timeoutMs,
    secrets: environment.secrets,
    ...(owner.paths && { concerns: pathFilter(owner.composeFile, owner.paths) }),
    readSpecs: async (text) => {
      const specs = parseComposeServices(text, await composeOptions(config, owner, environment));
      // read here, too: what is wrong with them is told before anything is built
      const beside = await readAccessories(text);
      return specs.map((spec) => besideAccessories(config, key, spec, beside));
    },
    ...(accessories.length > 0 && { readAccessories }),
  };
}

const composeOptions = async (config: SiskinConfig, owner: AppConfig, environment: EnvironmentConfig) => ({
  file: owner.composeFile,
  services: owner.services,
  routes: environment.routes.map((route) => ({ ...route, service: serviceOf(owner, route) })),
  profiles: environment.profiles,
  variables: await composeVariables(environment),
  allow: config.allow,
  key: { app: owner.app, environment: environment.environment },
});

/** A secret stands in the Compose file by its name like a variable; what is put in there is a reference to it. */
async function composeVariables(environment: EnvironmentConfig): Promise<Record<string, string>> {
  const { variables } = await withEnvFile(environment);
  return { ...variables, ...secretReferences(environment.secrets) };
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
 * Every environment's routes. A service without any has a backend all the same, reachable on the router by a host name
 * that no resolver knows.
 */
export const routesOf = (config: SiskinConfig): Route[] =>
  config.apps.flatMap((owner) =>
    owner.environments.flatMap((environment) =>
      owner.services.flatMap((service) => serviceRoutes(owner, environment, service)),
    ),
  );

function serviceRoutes(
  owner: AppConfig,
  { environment, routes }: EnvironmentConfig,
  service: string,
): Route[] {
  const { app, services } = owner;
  const backend = backendName({ app, environment }, service);
  const own = routes.filter((route) => serviceOf(owner, route) === service);
  const prefix = services.length === 1 ? '' : `${service}.`;
  const inner = { host: `${prefix}${environment}.${app}.siskin.internal`, path: '/' };
  return (own.length > 0 ? own : [inner]).map(({ host, path }) => ({ host, path, backend }));
}

/** A route names its service unless the app has only one. */
const serviceOf = ({ services }: AppConfig, { service }: RouteConfig): string => service ?? services[0] ?? '';
