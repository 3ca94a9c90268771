import { instanceId } from '../src/adapters/system/instance-id.ts';
import { lockInstance } from '../src/adapters/system/instance-lock.ts';
import type { Env } from '../src/config/env.ts';
import { loadSiskinConfig } from '../src/config/siskin-config.ts';
import { createLogger, type Logger } from '../src/observability/logger.ts';
import { cliToken } from './cli-token.ts';
import { startDeployWorker } from './deploy.ts';
import { Ending } from './ending.ts';
import { checkFrontFiles } from './front-checks.ts';
import { addressText, startPrometheus, startRedis, startRouter } from './host-programs.ts';
import { type KeptFront, keepFront } from './kept-front.ts';
import { startMaintenance } from './maintenance.ts';
import { noticeChannels } from './notice-channels.ts';
import { startNotifier } from './notify.ts';
import { startDailyRuns } from './safety.ts';
import { configMask } from './secrets.ts';
import { startServer } from './server.ts';
import { openStore, type Store } from './store.ts';

export interface RunningSiskin {
  /** Origins of the API and of the router. */
  api: string;
  router: string;
  /** The CLI's token. */
  token: string;
  /** Reads siskin.yaml again for the front alone, and tells in the log how that went. */
  followFront(): Promise<void>;
  /** Ends everything that was started, the last first. */
  stop(): Promise<void>;
}

/**
 * Siskin in one process: receiver, API, workers, and, unless configured, its own Redis, HAProxy and Prometheus.
 *
 * @param configFile path of siskin.yaml
 * @throws SiskinError of the configuration, of a missing program, of a second instance; then nothing is left running
 */
export async function startUp(configFile: string, env: Env, logger?: Logger): Promise<RunningSiskin> {
  const config = await loadSiskinConfig(configFile, env);
  await checkFrontFiles(config);
  const mask = configMask(config);
  const log = logger ?? createLogger({ mask });
  const ending = new Ending(log);
  try {
    const lock = await lockInstance(config.dataDir);
    ending.add('lock', () => lock.release());
    const instance = await instanceId(config.dataDir);
    const redis = await startRedis(config, log);
    ending.add('redis', () => redis.stop());
    const router = await startRouter(config, log);
    ending.add('router', () => router.stop());
    const front = await keepFront(config, log);
    if (front) ending.add('front', () => front.stop());
    const prometheus = await startPrometheus(config, router.metrics, log);
    ending.add('prometheus', () => prometheus.stop());
    const store = await openStore(redis.value, log, instance);
    ending.add('store', () => store.close());
    if (!config.redis) await takeOver(store);
    const prometheusUrl = prometheus.value;
    const parts = { config, env, store, instance, router: router.value, prometheusUrl, mask, log };
    const worker = await startDeployWorker(parts);
    ending.add('worker', () => worker.close());
    ending.add('daily runs', startDailyRuns(config, env, log).stop);
    const channels = await noticeChannels(config, store, log);
    const notifier = await startNotifier({ config, store, channels, log, alone: !config.redis });
    ending.add('notifier', () => notifier.close());
    ending.add('maintenance', startMaintenance({ config, store, log }).stop);
    const { token, entry } = await cliToken(config.dataDir);
    const certificates = front?.certificates;
    const server = await startServer({
      ...{ config, store, cliToken: entry, mask, log, withDocker: true },
      ...(certificates && { certificates }),
    });
    ending.add('server', () => server.close());
    const routerUrl = `http://${addressText(config.router.listen)}`;
    log.info({ api: server.url, router: routerUrl }, 'siskin is up');
    const followFront = () => (front ? frontAgain(configFile, env, front, log) : Promise.resolve());
    const stop = async () => {
      await ending.run();
      log.info('siskin has stopped; the replicas run on');
    };
    return { api: server.url, router: routerUrl, token, followFront, stop };
  } catch (error) {
    await ending.run();
    throw error;
  }
}

async function frontAgain(configFile: string, env: Env, front: KeptFront, log: Logger): Promise<void> {
  try {
    const config = await loadSiskinConfig(configFile, env);
    await checkFrontFiles(config);
    await front.follow(config);
    log.info('the front follows siskin.yaml as it is now');
  } catch (err) {
    log.error({ err }, 'the front does not follow siskin.yaml');
  }
}

/**
 * The lock on the data directory proves that whoever worked on this Redis is gone: a killed Siskin's environments are
 * taken up at once, not when its leases and locks have run out.
 */
async function takeOver({ leases, wakeUps }: Store): Promise<void> {
  await leases.endAll();
  await wakeUps.forgetAll();
}
