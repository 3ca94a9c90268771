import { connectDocker } from '../src/adapters/docker/connect.ts';
import { followDeployment } from '../src/adapters/redis/deployment-events.ts';
import type { ApiToken } from '../src/api/ports.ts';
import { apiRouter } from '../src/api/router.ts';
import { createHttpApp, listen } from '../src/api/server.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { githubWebhook } from '../src/intake/github-webhook.ts';
import type { Logger } from '../src/observability/logger.ts';
import { createMetrics, type SiskinMetrics } from '../src/observability/metrics.ts';
import { trackedApps } from './apps.ts';
import { addressText } from './host-programs.ts';
import type { Store } from './store.ts';

export interface ServerOptions {
  config: SiskinConfig;
  store: Store;
  /** The token of this machine's CLI, besides those of siskin.yaml. */
  cliToken: ApiToken;
  log: Logger;
  /** Whether /readyz asks Docker as well; a server without workers has no business with it. */
  withDocker: boolean;
}

/** The receiver and the API. */
export async function startServer(options: ServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { config, store } = options;
  const metrics = createMetrics({ queueDepth: () => store.wakeUps.depth() });
  const routers = [...receivers(options, metrics), api(options, metrics)];
  const listening = await listen(createHttpApp({ routers }), addressText(config.server.listen));
  return { url: listening.url, close: () => listening.close() };
}

/** No receiver without a secret: an unsigned push must never be believed. */
function receivers({ config, store, log }: ServerOptions, metrics: SiskinMetrics) {
  const [secret, ...older] = config.github.webhookSecrets;
  if (secret === undefined) return [];
  return [
    githubWebhook({
      secrets: [secret, ...older],
      apps: () => trackedApps(config),
      ledger: store.ledger,
      log,
      countAnswer: metrics.countWebhookAnswer,
    }),
  ];
}

function api({ config, store, cliToken, log, withDocker }: ServerOptions, metrics: SiskinMetrics) {
  const docker = connectDocker(config.docker.host);
  const tokens = config.api.tokens.map(({ name, role, sha256 }) => ({ name, role, hash: sha256 }));
  return apiRouter({
    tokens: [...tokens, cliToken],
    apps: () => config.apps.map(({ app, repository, environments }) => ({ app, repository, environments })),
    history: store.history,
    requests: store.ledger,
    follow: (id, cursor, signal) => followDeployment(store.context, id, cursor, signal),
    readiness: {
      redis: () => store.ledger.health(),
      ...(withDocker && { docker: async () => void (await docker.ping()) }),
    },
    scrapeTargets: () =>
      store.history.scrapeTargets((environment, err) =>
        log.warn({ environment, err }, 'its scrape targets cannot be read; Prometheus is not told of them'),
      ),
    metrics: async () => ({
      contentType: metrics.registry.contentType,
      text: await metrics.registry.metrics(),
    }),
    log,
    ...(config.server.publicUrl !== undefined && { publicUrl: config.server.publicUrl }),
  });
}
