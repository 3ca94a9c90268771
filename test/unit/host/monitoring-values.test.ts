import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultMonitoring, type MonitoringValues } from '../../../src/domain/host/monitoring.ts';
import { wrongMonitoringValues } from '../../../src/domain/host/monitoring-values.ts';

const wrong = (change: Partial<MonitoringValues>) =>
  wrongMonitoringValues({ ...defaultMonitoring, ...change }).map(({ name }) => name);
const { thresholds, metrics, retention } = defaultMonitoring;
const email = { to: 'ops@example.com', from: 'a@example.com', smarthost: 'mail:587', username: 'siskin' };

describe('values of the monitoring bundle', () => {
  it('are right by default, and with everything asked for', () => {
    expect(wrong({})).toEqual([]);
    const addresses = {
      federate: '10.8.0.1:9090',
      redisExporter: 'redis:6379',
      postgresExporter: 'db:5432/shop',
    };
    expect(wrong({ ...addresses, email, slackChannel: '#운영', collectorsListen: '10.8.0.2' })).toEqual([]);
  });

  it.each<[string, Partial<MonitoringValues>]>([
    ['siskin', { siskin: 'server' }],
    ['router', { router: 'router:8404"]\n  - job_name: x' }],
    ['grafanaUrl', { grafanaUrl: 'javascript:alert(1)' }],
    ['lokiUrl', { lokiUrl: 'http://loki" }\nlocal.file "x" { filename = "/etc/shadow' }],
    ['slackChannel', { slackChannel: '#a"\n' }],
    ['email.to', { email: { ...email, to: 'nobody' } }],
    ['email.smarthost', { email: { ...email, smarthost: 'mail' } }],
    ['thresholds.errorShare', { thresholds: { ...thresholds, errorShare: 5 } }],
    ['thresholds.minRate', { thresholds: { ...thresholds, minRate: 0 } }],
    ['thresholds.slowSeconds', { thresholds: { ...thresholds, slowSeconds: Number.NaN } }],
    ['thresholds.heldFor', { thresholds: { ...thresholds, heldFor: '15 minutes' } }],
    ['metrics.redisFailed', { metrics: { ...metrics, redisFailed: 'redis.publish.failures' } }],
    ['retention.logs', { retention: { ...retention, logs: '7d' } }],
    ['logLines', { logLines: 0.5 }],
  ])('%s is named when it is wrong', (name, change) => expect(wrong(change)).toEqual([name]));

  it('let nothing through that could be syntax in a template', () => {
    const texts = [
      'siskin',
      'router',
      'network',
      'lokiUrl',
      'slackChannel',
      'runbooks',
      'grafanaUrl',
    ] as const;
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.string(),
        fc.constantFrom('"', "'", '\n', '{', ' ', '\\', '$'),
        (key, text, mark) => {
          expect(wrong({ [key]: `${text}${mark}` })).toEqual([key]);
        },
      ),
    );
  });
});
