import { releaseName } from '../domain/names.ts';
import type { EnvironmentTargets } from './ports.ts';

/** One entry of Prometheus' HTTP service discovery (http_sd_configs). */
export interface DiscoveredTarget {
  targets: [string];
  labels: Record<string, string>;
}

/** One entry per replica, so that each has its own labels and path. */
export const discoveredTargets = (environments: readonly EnvironmentTargets[]): DiscoveredTarget[] =>
  environments.flatMap(({ app, environment, targets }) =>
    targets.map(({ address, path, service, release, replica }) => ({
      targets: [address],
      labels: {
        app,
        environment,
        service,
        release: releaseName(release),
        replica,
        __metrics_path__: path,
      },
    })),
  );
