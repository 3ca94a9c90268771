import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type PrometheusServer, prometheusServer } from '../../src/adapters/process/prometheus-server.ts';
import { socketDirectory } from '../../src/adapters/process/socket-directory.ts';
import type { MonitoringValues } from '../../src/domain/host/monitoring.ts';
import { freePort } from './free-port.ts';
import { writeMonitoring } from './monitoring-bundle.ts';
import type { TestSiskin } from './siskin.ts';

/** The monitoring profile's programs that can be had here, as processes on loopback, with the files of the bundle. */
export interface MonitoringStack {
  /** Instant query. @returns the series' number; throws what Prometheus says is wrong with it */
  count(expr: string): Promise<number>;
  /** Prometheus' own word on its rules: alert → its health and last error. */
  rules(): Promise<Record<string, string>>;
  /** What "Slack" was sent. */
  slackMessages(): string[];
  stop(): Promise<void>;
}

const oneSecond = (config: string): string =>
  config
    .replaceAll(/(scrape|evaluation)_(interval|timeout): \d+s/g, '$1_$2: 1s')
    .replace('refresh_interval: 5s', 'refresh_interval: 1s');

/** Starts them beside a running Siskin. @param change values of the bundle, such as `federate` */
export async function startMonitoring(
  siskin: TestSiskin,
  change: Partial<MonitoringValues> = {},
): Promise<MonitoringStack> {
  const folder = await mkdtemp(join(tmpdir(), 'sk-monitoring-'));
  const bundle = join(folder, 'monitoring');
  const router = `127.0.0.1:${(await readFile(join(siskin.dataDir, 'haproxy', 'metrics-port'), 'utf8')).trim()}`;
  await writeMonitoring(folder, {
    siskin: new URL(siskin.api).host,
    router,
    redisExporter: 'redis:6379',
    ...change,
  });
  await mkdir(join(bundle, 'secrets'));
  await writeFile(join(bundle, 'secrets', 'siskin-token'), await readFile(join(siskin.dataDir, 'cli-token')));
  const slack = await startSlack(join(bundle, 'secrets', 'slack-url'));
  const ports = { node: await freePort(), redis: await freePort(), alertmanager: await freePort() };
  const children = [
    start('prometheus-node-exporter', [`--web.listen-address=127.0.0.1:${ports.node}`]),
    start('prometheus-redis-exporter', [
      `--web.listen-address=127.0.0.1:${ports.redis}`,
      `--redis.addr=unix://${join(await socketDirectory(siskin.dataDir), 'redis.sock')}`,
    ]),
    await startAlertmanager(bundle, ports.alertmanager),
  ];
  const prometheus = await startPrometheus(bundle, ports);
  return {
    count: (expr) => count(prometheus.url, expr),
    rules: () => rules(prometheus.url),
    slackMessages: slack.messages,
    stop: async () => {
      await prometheus.stop();
      await Promise.all(children.map(end));
      await slack.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Containers' names are loopback addresses here, and 5 s are 1 s; nothing else is changed. */
async function startPrometheus(
  bundle: string,
  ports: { node: number; redis: number; alertmanager: number },
): Promise<PrometheusServer> {
  const own = await freePort();
  const text = await readFile(join(bundle, 'prometheus', 'prometheus.yml'), 'utf8');
  const config = oneSecond(text)
    .replaceAll('node-exporter:9100', `127.0.0.1:${ports.node}`)
    .replaceAll('redis-exporter:9121', `127.0.0.1:${ports.redis}`)
    .replaceAll('alertmanager:9093', `127.0.0.1:${ports.alertmanager}`)
    .replaceAll('localhost:9090', `127.0.0.1:${own}`)
    .replaceAll(', "loki:3100", "alloy:12345"', '');
  const prometheus = await prometheusServer({ dataDir: bundle, config, port: own });
  await prometheus.start();
  return prometheus;
}

async function startAlertmanager(bundle: string, port: number): Promise<ChildProcess> {
  const file = join(bundle, 'alertmanager', 'alertmanager.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text
      .replaceAll('/run/secrets', join(bundle, 'secrets'))
      .replaceAll(/group_wait: \d+s/g, 'group_wait: 100ms'),
  );
  return start('prometheus-alertmanager', [
    `--config.file=${file}`,
    `--storage.path=${join(bundle, 'alertmanager-data')}`,
    '--cluster.listen-address=',
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
}

/** An incoming webhook of Slack's: takes JSON, answers ok. */
async function startSlack(urlFile: string) {
  const texts: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      texts.push(body);
      response.end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = z.object({ port: z.number() }).parse(server.address());
  await writeFile(urlFile, `http://127.0.0.1:${bound.port}/services/T0/B0/secret`);
  return {
    messages: () => texts,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function start(program: string, args: string[]): ChildProcess {
  return spawn(program, args, { stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

const answer = z.object({
  status: z.string(),
  error: z.string().optional(),
  data: z.looseObject({ result: z.array(z.unknown()).optional() }).optional(),
});

async function count(url: string, expr: string): Promise<number> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
  const { status, error, data } = answer.parse(await response.json());
  if (status !== 'success') throw new Error(`${expr}: ${error}`);
  return data?.result?.length ?? 0;
}

const ruleAnswer = z.object({
  data: z.object({
    groups: z.array(
      z.object({
        rules: z.array(
          z.looseObject({ name: z.string(), health: z.string(), lastError: z.string().default('') }),
        ),
      }),
    ),
  }),
});

async function rules(url: string): Promise<Record<string, string>> {
  const response = await fetch(`${url}/api/v1/rules`);
  const { groups } = ruleAnswer.parse(await response.json()).data;
  return Object.fromEntries(
    groups.flatMap((group) =>
      group.rules.map(({ name, health, lastError }) => [name, `${health}${lastError}`]),
    ),
  );
}
