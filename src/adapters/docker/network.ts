import type Docker from 'dockerode';
import type { EnvironmentKey } from '../../domain/names.ts';
import { doneWhen, reachingEngine } from './engine-errors.ts';
import { environmentLabels } from './labels.ts';

/** The network an environment's replicas join: the operator's, or one of the environment's own. */
export async function ensureNetwork(docker: Docker, key: EnvironmentKey, shared?: string): Promise<string> {
  if (shared !== undefined) return shared;
  const name = `siskin-${key.app}-${key.environment}`;
  const existing = await reachingEngine(() => docker.listNetworks({ filters: { name: [name] } }));
  if (existing.some((network) => network.Name === name)) return name;
  await doneWhen([409], () =>
    docker.createNetwork({
      Name: name,
      Driver: 'bridge',
      CheckDuplicate: true,
      Labels: environmentLabels(key),
    }),
  );
  return name;
}
