import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { dashboardSchema, prometheusQueries, selectorsOf } from '../support/grafana-queries.ts';
import { type LoadRun, startLoad } from '../support/load.ts';
import { renderMonitoring } from '../support/monitoring-bundle.ts';
import { type MonitoringStack, startMonitoring } from '../support/monitoring-stack.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';

/** What a run without backups, certificates, channels, PostgreSQL and repairs has no series of. */
const notHere = [
  'siskin_backup_last_success_timestamp_seconds',
  'siskin_backup_last_result',
  'siskin_front_certificate_expiry_seconds',
  'siskin_notices_total',
  'siskin_reconcile_actions_total',
  'pg_up',
];
const isHere = (expr: string) => !notHere.some((name) => expr.includes(name));

let repository: AppRepository;
let siskin: TestSiskin;
let load: LoadRun;
let monitoring: MonitoringStack;
let files: Record<string, string>;

async function deploy(behaviour: Behaviour, watch: string): Promise<string> {
  const compose = await composeText({
    deploy: { replicas: 2 },
    'x-siskin': {
      metrics: { path: '/metrics', port: 3000 },
      canary: { share: '34%', minBake: '1s', maxBake: '3s', max5xx: '5%', watch },
    },
  });
  const metrics = await readFile(join(import.meta.dirname, '../fixtures/spring-metrics.mjs'), 'utf8');
  const sha = await commitVariant(repository, behaviour, { compose, files: { 'metrics.mjs': metrics } });
  return (await siskin.push(sha)).deployment;
}

describe('the monitoring profile, beside a Siskin that has deployed an app', () => {
  beforeAll(async () => {
    files = await renderMonitoring();
    repository = await createAppRepository();
    siskin = await startSiskin(repository);
    const first = await siskin.ended(await deploy({ release: 'good' }, '1s'));
    expect(first, await siskin.output()).toMatchObject({ state: 'succeeded' });
    load = startLoad({
      origin: siskin.router,
      host: siskin.host,
      ratePerSecond: 60,
      connections: 16,
      requests: ['/'],
    });
    const bad = await siskin.ended(await deploy({ release: 'bad', failShare: 1 }, '1s'));
    expect(bad).toMatchObject({ state: 'rolled_back' });
    const better = await siskin.ended(await deploy({ release: 'better' }, '1s'));
    expect(better).toMatchObject({ state: 'succeeded' });
    await siskin.reached(await deploy({ release: 'watched' }, '10m'), 'watching');
    monitoring = await startMonitoring(siskin);
  });
  afterAll(async () => {
    await load?.stop();
    await monitoring?.stop();
    await siskin?.remove();
    await repository?.remove();
  });

  it('answers what every panel and variable of every dashboard asks', async () => {
    await forgeWebhooks();
    const queries = dashboards().flatMap(prometheusQueries);
    expect(queries.length).toBeGreaterThan(80);
    const panels = queries.filter(({ expr }) => isHere(expr));
    const empty = async () => {
      const counts = await Promise.all(panels.map(({ expr }) => monitoring.count(expr)));
      return panels.filter((_, index) => counts[index] === 0);
    };
    await expect.poll(empty, { timeout: 120_000, interval: 1_000 }).toEqual([]);
    expect(await monitoring.count('nothing_like_it')).toBe(0);
    await expect(monitoring.count('sum(')).rejects.toThrow('parse error');
    for (const { expr } of queries) await expect(monitoring.count(expr)).resolves.toBeGreaterThanOrEqual(0);
  });

  it('evaluates every alert, each of which reads series that are there', async () => {
    const alerts = Object.entries(files)
      .filter(([path]) => path.startsWith('monitoring/prometheus/rules/'))
      .flatMap(([, text]) => rulesSchema.parse(parse(text)).groups.flatMap(({ rules }) => rules));
    const health = await monitoring.rules();
    expect(Object.keys(health).sort()).toEqual(alerts.map(({ alert }) => alert).sort());
    expect(new Set(Object.values(health))).toEqual(new Set(['ok']));
    for (const { alert, expr } of alerts) {
      await expect(monitoring.count(expr), alert).resolves.toBeGreaterThanOrEqual(0);
      for (const selector of selectorsOf(expr).filter(isHere)) {
        const seen = withoutValues(selector);
        expect(await monitoring.count(seen), `${alert}: ${seen}`).toBeGreaterThan(0);
      }
    }
  });

  it('tells Slack what fires, with what to do', async () => {
    await expect
      .poll(() => monitoring.slackMessages().join('\n'), { timeout: 60_000 })
      .toMatch(/SiskinForgedWebhooks.*bad signature in 10 minutes.*monitoring\.md#siskinforgedwebhooks/s);
  });

  it('sees the same from another machine, through Siskin’s own Prometheus', async () => {
    const port = (await readFile(join(siskin.dataDir, 'prometheus', 'port'), 'utf8')).trim();
    const federate = `127.0.0.1:${port}`;
    const away = await startMonitoring(siskin, { federate, router: null });
    try {
      const replicas = 'up{job="siskin-apps", replica=~"r4-.*"} == 1';
      await expect.poll(() => away.count(replicas), { timeout: 60_000 }).toBe(2);
      const answers = 'rate(haproxy_backend_http_responses_total{job="siskin-router", code="2xx"}[30s]) > 0';
      await expect.poll(() => away.count(answers), { timeout: 60_000 }).toBeGreaterThan(0);
    } finally {
      await away.stop();
    }
  });
});

const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});

const dashboards = () =>
  Object.entries(files)
    .filter(([path]) => path.endsWith('.json'))
    .map(([, text]) => dashboardSchema.parse(JSON.parse(text)));

/** Labels whose values a healthy run need not have: an outcome, a state, a status. */
const withoutValues = (selector: string): string =>
  selector.replace(/(outcome|state|status)=~?"[^"]*",? ?/g, '');

/** One is scraped, so that more are an increase; then what alarms somebody. */
async function forgeWebhooks(): Promise<void> {
  const forge = () =>
    fetch(`${siskin.api}/webhooks/github`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-github-event': 'push',
        'x-github-delivery': crypto.randomUUID(),
        'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
      },
      body: '{}',
    });
  for (let index = 0; index < 21; index++) await forge();
  const refused = 'siskin_webhook_answers_total{status="429"}';
  await expect.poll(() => monitoring.count(refused), { timeout: 60_000 }).toBe(1);
  for (let index = 0; index < 60; index++) await forge();
}
