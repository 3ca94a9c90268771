import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HaproxyRouter } from '../src/adapters/haproxy/haproxy-router.ts';
import { freePort } from '../src/adapters/process/free-port.ts';
import { haproxyServer } from '../src/adapters/process/haproxy-server.ts';
import { assertListenable } from '../src/adapters/process/listenable.ts';
import { prometheusServer } from '../src/adapters/process/prometheus-server.ts';
import { redisServer } from '../src/adapters/process/redis-server.ts';
import { renderPrometheusConfig } from '../src/adapters/prometheus/render-config.ts';
import type { ListenAddress, SiskinConfig } from '../src/config/siskin-config.ts';
import type { Logger } from '../src/observability/logger.ts';
import { openContainerRouter } from './container-router.ts';

/** A program that Siskin started, or somebody else's that it uses. */
export interface Running<T> {
  value: T;
  stop(): Promise<void>;
}

const notOurs = async (): Promise<void> => undefined;

/** `host:port`, IPv6 in brackets. */
export const addressText = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Redis: the operator's, or a redis-server of our own below dataDir. */
export async function startRedis(config: SiskinConfig, log: Logger): Promise<Running<string>> {
  if (config.redis) return { value: config.redis.url, stop: notOurs };
  const onRestart = () => log.warn('redis-server had died and was started again');
  const redis = await redisServer({ dataDir: config.dataDir, onRestart });
  await redis.start();
  return { value: redis.url, stop: () => redis.stop() };
}

export interface RunningRouter extends Running<HaproxyRouter> {
  /** Where its counters are shown. */
  metrics: string;
}

/** The router: a container of the operator's by its sockets, or a HAProxy of our own. @throws SiskinError ROUTER_PORT_TAKEN, PROGRAM_MISSING, PROGRAM_NOT_READY */
export async function startRouter(config: SiskinConfig, log: Logger): Promise<RunningRouter> {
  return config.router.socket === undefined
    ? startOwnRouter(config, log)
    : openContainerRouter(config, config.router.socket);
}

async function startOwnRouter(config: SiskinConfig, log: Logger): Promise<RunningRouter> {
  const onRestart = () => {
    log.warn('haproxy had died and was started again');
    recovered().catch((err: unknown) => log.error({ err }, 'the router could not be given its servers'));
  };
  const haproxy = await haproxyServer({ dataDir: config.dataDir, onRestart });
  const metrics = `127.0.0.1:${await keptPort(join(dirname(haproxy.configFile), 'metrics-port'))}`;
  const router = new HaproxyRouter({
    listen: addressText(config.router.listen),
    trustedProxies: ['127.0.0.0/8', '::1', ...(config.router.trust ?? [])],
    metricsListen: metrics,
    configFile: haproxy.configFile,
    adminSocket: haproxy.adminSocket,
    masterSocket: haproxy.masterSocket,
    binary: haproxy.binary,
  });
  const recovered = async () => {
    await haproxy.supervisor.waitUntilReady(() => router.ready());
    await router.recover();
  };
  // HAProxy itself would not mind another one there (SO_REUSEPORT).
  if (!(await haproxy.supervisor.runsAlready()))
    await assertListenable('router.listen', config.router.listen, 2_000);
  await router.prepare();
  await haproxy.start(() => router.ready());
  await router.recover();
  return { value: router, metrics, stop: () => haproxy.stop() };
}

/** Prometheus: the operator's, or one of our own that scrapes the router each second. */
export async function startPrometheus(
  config: SiskinConfig,
  routerMetrics: string,
  log: Logger,
): Promise<Running<string>> {
  if (config.prometheus) return { value: config.prometheus.url, stop: notOurs };
  const { host, port } = config.server.listen;
  const here = ['0.0.0.0', '::', '*'].includes(host) ? '127.0.0.1' : host;
  const text = renderPrometheusConfig({
    routerMetrics,
    discoveryUrl: `http://${addressText({ host: here, port })}/sd/prometheus`,
  });
  const onRestart = () => log.warn('prometheus had died and was started again');
  const prometheus = await prometheusServer({ dataDir: config.dataDir, config: text, onRestart });
  await prometheus.start();
  return { value: prometheus.url, stop: () => prometheus.stop() };
}

/** The port of last time, so that a HAProxy that lived on is not reloaded for another. */
async function keptPort(file: string): Promise<number> {
  const kept = Number(await readFile(file, 'utf8').catch(() => ''));
  if (Number.isInteger(kept) && kept > 1023 && kept < 65_536) return kept;
  const port = await freePort();
  await writeFile(file, `${port}\n`);
  return port;
}
