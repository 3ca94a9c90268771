import { describe, expect, it } from 'vitest';
import { readPage } from '../../support/docs-pages.ts';
import { divisorsOf } from '../../support/grafana-queries.ts';
import { renderMonitoring } from '../../support/monitoring-bundle.ts';
import { alertsOf, casesOf, untried } from '../../support/monitoring-rules.ts';

const files = await renderMonitoring();
const alerts = alertsOf(files);
const names = alerts.map(({ alert }) => alert);
/** What is compared with a number has only what is over it. */
const guarded = (divisor: string): boolean => />\s*[\d.]+\s*\)*$/.test(divisor);
const page = readPage('docs/guides/monitoring.md').text;

describe('the alerts', () => {
  it.each([
    ['InstanceDown', 'warning'],
    ['MultipleInstancesDown', 'critical'],
    ['HighErrorRate', 'critical'],
    ['SlowResponses', 'warning'],
    ['AppCpuHigh', 'warning'],
    ['AppMemoryHigh', 'warning'],
    ['HostCpuHigh', 'warning'],
    ['HostMemoryHigh', 'warning'],
    ['DatabasePoolExhausted', 'critical'],
    ['RedisPublishFailures', 'critical'],
    ['WebSocketDeliveryFailures', 'critical'],
    ['DeliveryImbalance', 'warning'],
  ])('have that of the users’ table: %s, %s', (alert, severity) => {
    expect(alerts.find((one) => one.alert === alert)?.labels.severity).toBe(severity);
  });

  it('have names of their own, and a case that fires and one that does not each', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(untried(names, casesOf(files))).toEqual([]);
  });

  it('are found untried when a case is missing', () => {
    const cases = {
      Loud: { fires: 1, silent: 0 },
      Mute: { fires: 0, silent: 2 },
      Gone: { fires: 1, silent: 1 },
    };
    expect(untried(['Loud', 'Mute', 'New'], cases)).toEqual([
      'Mute never fires',
      'New never fires',
      'Loud is never silent',
      'New is never silent',
      'Gone is no alert',
    ]);
  });

  it('divide by nothing that can be zero', () => {
    const divisors = alerts.flatMap(({ expr }) => divisorsOf(expr));
    expect(divisors.length).toBeGreaterThan(4);
    expect(divisors.filter((divisor) => !guarded(divisor))).toEqual([]);
    expect(divisorsOf('a / b > 1')).toEqual(['b']);
    expect([guarded('b'), guarded('(b > 0)'), guarded('sum(b > 0.1)')]).toEqual([false, true, true]);
  });
});

describe('the guide', () => {
  const rows = [...page.matchAll(/^\| \[(\w+)\]\(#(\w+)\) +\| (\w+) +\| (\S+) +\|/gm)].map(
    ([, alert, anchor, severity, after]) => ({ alert, anchor, severity, after }),
  );

  it('has a row for each alert, as the rules have it, and no other', () => {
    expect(rows).toEqual(
      alerts.map(({ alert, labels, for: after = '–' }) => ({
        alert,
        anchor: alert.toLowerCase(),
        severity: labels.severity,
        after,
      })),
    );
  });

  it('says what to do about each, where the alert’s link leads', () => {
    const sections = [...page.matchAll(/^### (\w+)$\n+([^#]+)/gm)].map(([, name, text = '']) => [
      name,
      text.trim(),
    ]);
    expect(sections.map(([name]) => name)).toEqual(names);
    for (const [name, text = ''] of sections) expect(text.length, name).toBeGreaterThan(60);
    for (const { alert, annotations } of alerts)
      expect(annotations.runbook_url).toBe(`docs/guides/monitoring.md#${alert.toLowerCase()}`);
  });

  it('has the names that an app has to have', async () => {
    const { defaultAppMetrics } = await import('../../../src/domain/host/monitoring-metrics.ts');
    const told = [...page.matchAll(/^\| `(\w+)` +\| `(\w+)` +\| (?:counter|gauge)/gm)].map(
      ([, key, name]) => [key, name],
    );
    expect(Object.fromEntries(told)).toEqual(defaultAppMetrics);
  });

  it('has every secret’s file', async () => {
    const { monitoringSecrets } = await import('../../../src/domain/host/monitoring.ts');
    const told = [...page.matchAll(/^\| `([\w.-]+)` +\| (?:always|with )/gm)].map(([, file]) => file);
    expect(told).toEqual(monitoringSecrets.map(({ path }) => path.replace('monitoring/secrets/', '')));
  });
});
