import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  defaultMonitoring,
  type MonitoringValues,
  monitoringSecrets,
} from '../../../src/domain/host/monitoring.ts';
import { composeCommand } from '../../support/compose-project.ts';
import { renderMonitoring, writeMonitoring } from '../../support/monitoring-bundle.ts';

/** Those of one machine, of one that watches another, and with everything. */
const hosts: Record<string, Partial<MonitoringValues>> = {
  'one machine': {},
  'another machine': {
    federate: '10.8.0.1:9090',
    router: null,
    siskin: 'deploy.example.com:443',
    siskinScheme: 'https',
    slackChannel: null,
    lokiListen: '10.8.0.2',
    collectorsListen: '10.8.0.2',
    email: {
      to: 'ops@example.com',
      from: 'siskin@example.com',
      smarthost: 'mail.example.com:587',
      username: 'siskin',
    },
  },
  everything: {
    redisExporter: 'redis:6379',
    postgresExporter: 'postgres:5432/shop',
    databaseNetwork: 'databases',
    cadvisor: true,
    thresholds: {
      errorShare: 0.2,
      minRate: 1,
      slowSeconds: 0.4,
      appCpuShare: 0.7,
      appHeapShare: 0.8,
      hostCpuShare: 0.5,
      hostMemoryShare: 0.6,
      diskFreeShare: 0.25,
      redisPublishFailures: 0,
      websocketFailureShare: 0.3,
      deliveryImbalance: 0.5,
      queueSeconds: 300,
      heldFor: '1h',
      backupMaxAgeHours: 170,
      certificateDays: 30,
    },
    metrics: {
      ...defaultMonitoring.metrics,
      websocketFailed: 'push_errors_total',
      redisFailed: 'bus_errors_total',
    },
  },
};

describe.each(Object.entries(hosts))('the monitoring bundle for %s', (_name, change) => {
  let folder: string;
  const inBundle = (path: string) => join(folder, 'monitoring', path);
  const values = { ...defaultMonitoring, ...change };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sk-bundle-'));
    await writeMonitoring(folder, change);
    await mkdir(inBundle('secrets'));
    for (const { path } of monitoringSecrets.filter(({ needed }) => needed(values))) {
      await writeFile(join(folder, path), 'secret');
      await chmod(join(folder, path), 0o444);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has a configuration and rules that Prometheus takes', async () => {
    const { stdout } = await execa('promtool', ['check', 'config', inBundle('prometheus/prometheus.yml')]);
    expect(stdout).toMatch(/SUCCESS: 3 rule files found/);
    expect(stdout).not.toContain('FAILED');
  });

  // The thresholds of the first two are the same.
  it.skipIf(change.federate !== undefined)(
    'has rules that fire on what should fire them and on nothing else',
    async () => {
      const files = ['apps', 'hosts', 'siskin'].map((name) => inBundle(`prometheus/tests/${name}.yml`));
      const { stdout } = await execa('promtool', ['test', 'rules', ...files]);
      expect(stdout.match(/SUCCESS/g)).toHaveLength(3);
    },
  );

  it('has a configuration that Alertmanager takes, without a secret in it', async () => {
    const { stdout } = await execa('amtool', ['check-config', inBundle('alertmanager/alertmanager.yml')]);
    expect(stdout).toMatch(/SUCCESS[\s\S]*5 inhibit rules\n - 2 receivers/);
  });

  it('has a Compose file that docker-compose takes, with every file that it mounts', async () => {
    const { stdout } = await compose(folder);
    const { services } = composeSchema.parse(parse(stdout));
    const own = Object.keys(await renderMonitoring(change)).map((path) => join(folder, path));
    const secrets = monitoringSecrets
      .filter(({ needed }) => needed(values))
      .map(({ path }) => join(folder, path));
    const mounted = Object.values(services)
      .flatMap(({ volumes }) => volumes)
      .filter((path) => path.startsWith(folder));
    for (const path of mounted)
      expect(
        own.some((file) => file.startsWith(`${path}/`)),
        path,
      ).toBe(true);
    const used = Object.values(composeSchema.parse(parse(stdout)).secrets).map(({ file }) => file);
    expect(used.sort()).toEqual(secrets.sort());
    for (const [name, service] of Object.entries(services)) expect(bounds(service), name).toEqual(bounded);
    const open = Object.values(services).flatMap(({ ports }) => ports);
    const addresses = new Set(
      open.map((port) => (typeof port === 'string' ? port.split(':')[0] : port.host_ip)),
    );
    expect([...addresses].every((address) => address === '127.0.0.1' || address === '10.8.0.2')).toBe(true);
    if (!values.lokiListen) expect(open).toHaveLength(1);
  });
});

describe('the memory of the monitoring profile', () => {
  it('is under 1.2 GB with the exporters of a NAS', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sk-bundle-'));
    try {
      await writeMonitoring(folder, { redisExporter: 'redis:6379', postgresExporter: 'postgres:5432/shop' });
      const { services } = composeSchema.parse(parse((await compose(folder)).stdout));
      expect(Object.keys(services)).toHaveLength(9);
      const collectors = Object.keys(services).filter((name) =>
        services[name]?.profiles.includes('collectors'),
      );
      expect(collectors.sort()).toEqual(['alloy', 'node-exporter', 'postgres-exporter', 'redis-exporter']);
      const total = Object.values(services).reduce((sum, { mem_limit }) => sum + bytes(mem_limit), 0);
      expect(total).toBeLessThanOrEqual(1.2 * 2 ** 30);
      expect(total).toBeGreaterThan(0.9 * 2 ** 30);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

const memory = z.union([z.string(), z.number()]);
/** docker-compose 1.29 writes one as a text, the plugin as an object. */
const volume = z.union([
  z.string().transform((text) => text.split(':')[0] ?? ''),
  z.looseObject({ source: z.string() }).transform(({ source }) => source),
]);
const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      profiles: z.array(z.string()),
      restart: z.string(),
      mem_limit: memory,
      mem_reservation: memory,
      cap_drop: z.array(z.string()),
      logging: z.object({ driver: z.string(), options: z.record(z.string(), z.string()) }),
      ulimits: z.object({ nofile: z.object({ soft: z.number(), hard: z.number() }) }),
      volumes: z.array(volume).default([]),
      ports: z.array(z.union([z.string(), z.looseObject({ host_ip: z.string() })])).default([]),
    }),
  ),
  secrets: z.record(z.string(), z.looseObject({ file: z.string() })),
});
type Service = z.infer<typeof composeSchema>['services'][string];

const bounds = ({
  image,
  profiles,
  restart,
  logging,
  ulimits,
  cap_drop,
  mem_limit,
  mem_reservation,
}: Service) => ({
  pinned: /^[a-z0-9_./-]+:v?\d+\.\d+[\w.-]*$/.test(image),
  profile: profiles.includes('monitoring'),
  restart,
  logging,
  ulimits,
  cap_drop,
  reserves: bytes(mem_reservation) > 0 && bytes(mem_reservation) <= bytes(mem_limit),
});
const bounded = {
  pinned: true,
  profile: true,
  restart: 'unless-stopped',
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
  ulimits: { nofile: { soft: 65_535, hard: 65_535 } },
  cap_drop: ['ALL'],
  reserves: true,
};

/** docker-compose 1.29 keeps `48m`, the plugin makes it bytes. */
function bytes(limit: string | number): number {
  const [, number = '0', unit = ''] = /^(\d+)([kmg]?)b?$/i.exec(String(limit)) ?? [];
  return Number(number) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit.toLowerCase());
}

const compose = async (folder: string) => {
  const [program, ...args] = await composeCommand();
  const env = { CADVISOR_IMAGE: 'cadvisor:0.52.1' };
  return execa(program, [...args, '--profile', 'monitoring', 'config'], {
    cwd: join(folder, 'monitoring'),
    env,
  });
};
