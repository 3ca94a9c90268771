import { connectDocker } from '../src/adapters/docker/connect.ts';
import { DockerHooks } from '../src/adapters/docker/hooks.ts';
import { DockerImages, type DockerImagesOptions } from '../src/adapters/docker/images.ts';
import { DockerReplicas } from '../src/adapters/docker/replicas.ts';
import { GitSource } from '../src/adapters/git/git-source.ts';
import type { GithubApi } from '../src/adapters/github/api.ts';
import { installationCredentials } from '../src/adapters/github/installation-credentials.ts';
import type { HaproxyRouter } from '../src/adapters/haproxy/haproxy-router.ts';
import { HttpProber } from '../src/adapters/http/prober.ts';
import { PrometheusMetrics } from '../src/adapters/prometheus/prometheus-metrics.ts';
import { runEnvironments } from '../src/adapters/redis/environment-worker.ts';
import { RedisFigures } from '../src/adapters/redis/figures.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import type { Env } from '../src/config/env.ts';
import { memoryFolders } from '../src/config/secret-folders.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { environmentId } from '../src/domain/names.ts';
import { lookPace } from '../src/domain/reconcile/next-look.ts';
import type { Logger } from '../src/observability/logger.ts';
import type { LiveMask } from '../src/observability/mask.ts';
import { maskedStore } from '../src/pipeline/masked-store.ts';
import type { World } from '../src/pipeline/run-context.ts';
import { runEnvironment } from '../src/pipeline/run-environment.ts';
import type { Secrets } from '../src/pipeline/secrets.ts';
import { accessoriesOf } from './accessories.ts';
import { pipelineApps, routesOf, trackedApps } from './apps.ts';
import { type Credentials, gitAccess } from './git-access.ts';
import { openGithub } from './github.ts';
import { startReconciler } from './reconcile.ts';
import { makeRepairs } from './repair.ts';
import { backupBefore } from './safety.ts';
import { openSecrets } from './secrets.ts';
import type { Store } from './store.ts';

/** Environments worked on at once; a watch holds one for minutes, while builds have a limit of their own. */
const concurrency = 200;

export interface DeployWorkerOptions {
  config: SiskinConfig;
  env: Env;
  store: Store;
  /** Who works here, over its restarts. */
  instance: string;
  router: HaproxyRouter;
  prometheusUrl: string;
  /** Takes secrets out of everything that is written; learns those that are read. */
  mask: LiveMask;
  log: Logger;
}

/**
 * Runs deployments: takes woken environments, brings each to what is wanted of it, and keeps it so. What a killed process
 * of this instance had in hand is taken up at once: the caller holds the lock on its data directory, so it is dead.
 */
export async function startDeployWorker(options: DeployWorkerOptions): Promise<{ close(): Promise<void> }> {
  const { config, store, instance, router, log } = options;
  await store.leases.endOwn();
  await store.wakeUps.unlockOf(instance);
  await router.applyRoutes(routesOf(config));
  const source = sourceOf(options, await openGithub(config));
  const secrets = await openSecrets(config, options.mask, log);
  const world = worldOf(options, source, secrets);
  const notCounted = (err: unknown) => log.warn({ err }, 'a repair or a found push was not counted');
  const onAction = new RedisFigures(store.context).reconcileCounter(notCounted);
  const apps = pipelineApps(config);
  const { repairs, watch } = makeRepairs({ config, store, router, world, log, onAction });
  const worker = runEnvironments(store.context, store.queueConnection, {
    instance,
    concurrency,
    handler: (key, stop) => runEnvironment(world, apps, store.leases, key, stop, repairs),
    onError: (err, key) =>
      log.error({ err, environment: key && environmentId(key) }, 'a run failed; it is repeated'),
  });
  await worker.ready();
  const pace = lookPace(config.reconcile.everyMs);
  const heads = { apps: trackedApps(config), source, pace };
  const reconciler = startReconciler(store, log, { heads, onAction });
  const watched = watch();
  return {
    close: async () => {
      watched.close();
      await reconciler.stop();
      await worker.close();
    },
  };
}

const sourceOf = ({ config, env, mask }: DeployWorkerOptions, github: GithubApi | null): GitSource =>
  new GitSource({
    dataDir: config.dataDir,
    environment: env,
    ...gitAccess(config, github ? learned(installationCredentials(github), mask) : undefined),
    maxContextBytes: config.build.maxContextBytes,
  });

/** Tokens that are made while Siskin runs are masked before anybody has them. */
const learned =
  (credentials: Credentials, mask: LiveMask): Credentials =>
  async (repository) => {
    const given = await credentials(repository);
    if (given) mask.learn([given.password]);
    return given;
  };

/** Whatever of the engine's build cache is beyond what siskin.yaml wants to keep goes after each build. */
const cacheOf = ({ build }: SiskinConfig, log: Logger): Pick<DockerImagesOptions, 'cache'> =>
  build.keepCacheBytes === undefined
    ? {}
    : {
        cache: {
          keepBytes: build.keepCacheBytes,
          onPruned: (freedBytes) => freedBytes > 0 && log.info({ freedBytes }, 'build cache was pruned'),
          onFailed: (err) => log.warn({ err }, 'build cache could not be pruned; after the next build again'),
        },
      };

function worldOf(
  { config, env, store, router, prometheusUrl, mask, log }: DeployWorkerOptions,
  source: GitSource,
  secrets: Secrets,
): World {
  const docker = connectDocker(config.docker.host);
  const containers = {
    network: config.docker.network,
    secretFolders: memoryFolders(config, env, process.getuid?.() ?? 0),
    mask: mask.text,
  };
  return {
    store: maskedStore(store.deployments, mask.text),
    signals: store.signals,
    source,
    secrets,
    images: new DockerImages(docker, {
      concurrency: config.build.concurrency,
      limits: config.build,
      ...cacheOf(config, log),
      mask: mask.text,
    }),
    replicas: new DockerReplicas(docker, containers),
    hooks: new DockerHooks(docker, containers),
    accessories: accessoriesOf(docker, { config, env, mask: mask.text }),
    router,
    metrics: new PrometheusMetrics({ url: prometheusUrl }),
    prober: new HttpProber(),
    clock: systemClock,
    log,
    backUpBefore: backupBefore(config),
  };
}
