import { connectDocker } from '../src/adapters/docker/connect.ts';
import { followDeployment } from '../src/adapters/redis/deployment-events.ts';
import { RedisFigures } from '../src/adapters/redis/figures.ts';
import { maskedFollow, maskedHistory } from '../src/api/masked.ts';
import type { ApiToken } from '../src/api/ports.ts';
import { apiRouter } from '../src/api/router.ts';
import { createHttpApp, listen } from '../src/api/server.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { githubWebhook } from '../src/intake/github-webhook.ts';
import { freeShare } from '../src/observability/free-share.ts';
import type { Logger } from '../src/observability/logger.ts';
import type { LiveMask } from '../src/observability/mask.ts';
import { createMetrics, type SiskinMetrics } from '../src/observability/metrics.ts';
import type { MetricsSources } from '../src/observability/sources.ts';
import { trackedApps } from './apps.ts';
import { type AuditIntake, startAuditIntake } from './audit-intake.ts';
import { engineFolder } from './engine-folder.ts';
import { type ServedCertificates, secondsLeft } from './front-files.ts';
import { addressText } from './host-programs.ts';
import { slackDoors } from './slack.ts';
import type { Store } from './store.ts';

export interface ServerOptions {
  config: SiskinConfig;
  store: Store;
  /** The token of this machine's CLI, besides those of siskin.yaml. */
  cliToken: ApiToken;
  mask: LiveMask;
  log: Logger;
  /** Whether /readyz asks Docker as well; a server without workers has no business with it. */
  withDocker: boolean;
  /** Of the front, where this process runs it. */
  certificates?: ServedCertificates;
}

/** The receiver and the API. */
export async function startServer(options: ServerOptions): Promise<{ url: string; close(): Promise<void> }> {
  const { config } = options;
  const metrics = createMetrics(metricsSources(options));
  const intake = startAuditIntake(config.dataDir, options.store.audit, options.log);
  const slack = slackDoors(options);
  const routers = [...receivers(options, metrics), ...slack.routers, api(options, metrics, intake)];
  const listening = await listen(createHttpApp({ routers }), addressText(config.server.listen)).catch(
    async (error: unknown) => {
      await slack.close();
      await intake.stop();
      throw error;
    },
  );
  const close = async () => {
    await listening.close();
    await slack.close();
    await intake.stop();
  };
  return { url: listening.url, close };
}

/** What every process counts is in Redis: whichever server is scraped tells of all of them. */
function metricsSources({ config, store, withDocker, certificates }: ServerOptions): MetricsSources {
  const figures = new RedisFigures(store.context);
  const folder = engineFolder(config.docker.host);
  const environments = config.apps.flatMap(({ app, environments: own }) =>
    own.map(({ environment }) => ({ app, environment })),
  );
  return {
    queueDepth: () => store.wakeUps.depth(),
    queueAge: () => store.wakeUps.oldestWaitingSeconds(new Date()),
    leases: () => figures.environmentsHeld(),
    outcomes: () => figures.outcomes(environments),
    unfinished: () => figures.unfinished(environments),
    stages: () => figures.stages(),
    reconcileActions: () => figures.reconcileActions(),
    notices: () => figures.notices(),
    untold: () => figures.untold(),
    ...(certificates && { certificates: () => secondsLeft(certificates) }),
    dora: () => figures.dora(environments, new Date()),
    disks: {
      data: () => freeShare(config.dataDir),
      ...(withDocker && { docker: async () => freeShare(await folder()) }),
    },
  };
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

function api(
  { config, store, cliToken, mask, log, withDocker }: ServerOptions,
  metrics: SiskinMetrics,
  intake: AuditIntake,
) {
  const docker = connectDocker(config.docker.host);
  const tokens = config.api.tokens.map(({ name, role, sha256 }) => ({ name, role, hash: sha256 }));
  return apiRouter({
    tokens: [...tokens, cliToken],
    apps: () => config.apps.map(({ app, repository, environments }) => ({ app, repository, environments })),
    history: maskedHistory(store.history, mask.text),
    audit: store.audit,
    takeInAudit: () => intake.takeIn(),
    requests: store.ledger,
    follow: maskedFollow((...args) => followDeployment(store.context, ...args), mask.text),
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
    mask: mask.text,
    log,
    ...(config.server.publicUrl !== undefined && { publicUrl: config.server.publicUrl }),
  });
}
