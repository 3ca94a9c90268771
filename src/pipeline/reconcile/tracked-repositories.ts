import type { EnvironmentKey } from '../../domain/names.ts';
import type { TrackedApp, TrackedEnvironment } from '../../domain/push-policy.ts';

/** A repository, and every environment that follows a branch of it. */
export interface TrackedRepository {
  repository: string;
  environments: (EnvironmentKey & TrackedEnvironment)[];
}

/** Apps that share a repository are looked at together: one question for all their branches. */
export function trackedRepositories(apps: readonly TrackedApp[]): TrackedRepository[] {
  const found = new Map<string, TrackedRepository>();
  for (const { app, repository, environments } of apps) {
    const known = found.get(repository) ?? { repository, environments: [] };
    known.environments.push(...environments.map((one) => ({ app, ...one })));
    found.set(repository, known);
  }
  return [...found.values()];
}
