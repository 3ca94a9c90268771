import { mkdir } from 'node:fs/promises';
import { instanceId } from '../src/adapters/system/instance-id.ts';
import { lockInstance } from '../src/adapters/system/instance-lock.ts';
import type { Env } from '../src/config/env.ts';
import { loadSiskinConfig, type SiskinConfig } from '../src/config/siskin-config.ts';
import { SiskinError } from '../src/domain/errors/siskin-error.ts';
import { createLogger, type Logger } from '../src/observability/logger.ts';
import type { LiveMask } from '../src/observability/mask.ts';
import { cliToken } from './cli-token.ts';
import { startDeployWorker } from './deploy.ts';
import { Ending } from './ending.ts';
import { startPrometheus, startRouter } from './host-programs.ts';
import { startMaintenance } from './maintenance.ts';
import { noticeChannels } from './notice-channels.ts';
import { startNotifier } from './notify.ts';
import { startDailyRuns } from './safety.ts';
import { configMask } from './secrets.ts';
import { startServer } from './server.ts';
import { openStore } from './store.ts';

/** A part of Siskin that runs by itself; the parts meet in Redis. */
export interface RunningPart {
  stop(): Promise<void>;
}

/** The receiver and the API alone. @throws SiskinError CONFIG_INVALID without redis.url */
export async function startServerAlone(configFile: string, env: Env): Promise<RunningPart> {
  const { config, mask, log, redisUrl } = await load(configFile, env, 'server');
  return startParts(log, async (ending) => {
    const store = await openStore(redisUrl, log);
    ending.add('store', () => store.close());
    await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
    ending.add('maintenance', startMaintenance({ config, store, log }).stop);
    const { entry } = await cliToken(config.dataDir);
    const server = await startServer({ config, store, cliToken: entry, mask, log, withDocker: false });
    ending.add('server', () => server.close());
    log.info({ api: server.url }, 'the server is up');
  });
}

/** A worker alone, with the router and Prometheus of its machine. @throws SiskinError CONFIG_INVALID without redis.url */
export async function startWorkerAlone(configFile: string, env: Env): Promise<RunningPart> {
  const { config, mask, log, redisUrl } = await load(configFile, env, 'worker');
  return startParts(log, async (ending) => {
    const lock = await lockInstance(config.dataDir);
    ending.add('lock', () => lock.release());
    const instance = await instanceId(config.dataDir);
    const router = await startRouter(config, log);
    ending.add('router', () => router.stop());
    const prometheus = await startPrometheus(config, router.metrics, log);
    ending.add('prometheus', () => prometheus.stop());
    const store = await openStore(redisUrl, log, instance);
    ending.add('store', () => store.close());
    const prometheusUrl = prometheus.value;
    const parts = { config, env, store, instance, router: router.value, prometheusUrl, mask, log };
    const worker = await startDeployWorker(parts);
    ending.add('worker', () => worker.close());
    ending.add('daily runs', startDailyRuns(config, env, log).stop);
    const channels = await noticeChannels(config, store, log);
    const notifier = await startNotifier({ config, store, channels, log, alone: false });
    ending.add('notifier', () => notifier.close());
    log.info('the worker is up');
  });
}

async function load(
  configFile: string,
  env: Env,
  part: string,
): Promise<{ config: SiskinConfig; mask: LiveMask; log: Logger; redisUrl: string }> {
  const config = await loadSiskinConfig(configFile, env);
  if (!config.redis) {
    const message = `${configFile}: redis.url is needed by \`siskin ${part}\`: its Redis is shared with other processes`;
    throw new SiskinError('CONFIG_INVALID', message);
  }
  const mask = configMask(config);
  const log = createLogger({ mask });
  return { config, mask, log, redisUrl: config.redis.url };
}

async function startParts(log: Logger, start: (ending: Ending) => Promise<void>): Promise<RunningPart> {
  const ending = new Ending(log);
  try {
    await start(ending);
    return { stop: () => ending.run() };
  } catch (error) {
    await ending.run();
    throw error;
  }
}
