import {
  appListSchema,
  type DeploymentSummary,
  deploymentListSchema,
  nameSchema,
  releaseListSchema,
} from '../../api/schemas.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Client } from '../client/client.ts';
import { actionPath } from '../terminal/arguments.ts';
import type { Candidate } from './wanted.ts';

/** Where names come from. */
export interface NameSources {
  /** Of siskin.yaml; null where another server is asked, or where there is none. */
  configured(): Promise<EnvironmentKey[] | null>;
  client(): Promise<Client>;
}

/** Values that an argument or option of this name can have. @throws what the sources throw */
export async function valuesOf(
  name: string,
  before: readonly string[],
  sources: NameSources,
): Promise<Candidate[]> {
  const [app = '', environment = ''] = before;
  switch (name) {
    case 'app':
      return plain((await environments(sources)).map((one) => one.app));
    case 'environment':
      return plain(
        (await environments(sources)).filter((one) => one.app === app).map((one) => one.environment),
      );
    case 'id':
      return (await newest(sources)).map((one) => ({ value: one.id, about: deploymentAbout(one) }));
    case 'release':
      return releases(sources, app, environment);
    default:
      return [];
  }
}

/** siskin.yaml is quicker than the server, and there also when it does not run. */
async function environments(sources: NameSources): Promise<EnvironmentKey[]> {
  const configured = await sources.configured();
  if (configured !== null) return configured;
  const { apps } = await (await sources.client()).get('/api/v1/apps', appListSchema);
  return apps.flatMap((one) => one.environments.map(({ environment }) => ({ app: one.app, environment })));
}

async function newest(sources: NameSources): Promise<DeploymentSummary[]> {
  const client = await sources.client();
  return (await client.get('/api/v1/deployments?limit=20', deploymentListSchema)).deployments;
}

const deploymentAbout = ({ app, environment, state, title }: DeploymentSummary): string =>
  `${app}/${environment} ${state}${title === null ? '' : `: ${title}`}`;

async function releases(sources: NameSources, app: string, environment: string): Promise<Candidate[]> {
  // They become part of an address.
  if (![app, environment].every((one) => nameSchema.safeParse(one).success)) return [];
  const client = await sources.client();
  const list = await client.get(actionPath(app, environment, 'releases'), releaseListSchema);
  return list.releases.filter((one) => one.built).map((one) => ({ value: one.release, about: one.title }));
}

const plain = (values: readonly string[]): Candidate[] =>
  [...new Set(values)].map((value) => ({ value, about: '' }));
