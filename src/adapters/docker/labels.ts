import type { EnvironmentKey } from '../../domain/names.ts';
import { releaseName } from '../../domain/names.ts';
import type { ReplicaRequest } from '../../pipeline/ports.ts';

/** The labels that are ground truth for what a container is. */
export const replicaLabels = (request: ReplicaRequest): Record<string, string> => ({
  ...environmentLabels(request),
  'siskin.service': request.service,
  'siskin.release': releaseName(request.release),
  'siskin.deployment': request.deployment,
  'siskin.slot': String(request.slot),
  'siskin.spec-hash': request.specHash,
  'siskin.fence': String(request.fence),
});

/** The labels that everything of an environment carries. */
export const environmentLabels = (key: EnvironmentKey): Record<string, string> => ({
  'siskin.app': key.app,
  'siskin.environment': key.environment,
});

/** A filter for the engine's lists. */
export const labelFilter = (labels: Record<string, string>): { label: string[] } => ({
  label: Object.entries(labels).map(([name, value]) => `${name}=${value}`),
});
