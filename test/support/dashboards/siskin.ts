import { type Dashboard, graph, stat, table } from './panel.ts';

const chosen = 'app=~"$app", environment=~"$environment"';
const each = '{{app}} {{environment}}';
/** A server's name tells the release: `r12-1`. */
const byRelease = (rate: string) =>
  `sum by (proxy, release) (label_replace(${rate}, "release", "$1", "server", "(r\\\\d+)-\\\\d+"))`;
const answers = (code: string) =>
  byRelease(
    `rate(haproxy_server_http_responses_total{${code}proxy=~"$app-$environment-.*"}[$__rate_interval])`,
  );

/** Siskin's own: deployments, the canary beside what served before, queue and disks, the four DORA figures. */
export const siskin: Dashboard = {
  uid: 'siskin-deployments',
  title: 'Siskin',
  description: 'Deployments and their outcomes, each release’s errors, queue, workers, DORA.',
  variables: [
    { name: 'app', label: 'App', series: 'siskin_deployments_total', of: 'app' },
    {
      name: 'environment',
      label: 'Environment',
      series: 'siskin_deployments_total{app=~"$app"}',
      of: 'environment',
    },
  ],
  rows: [
    {
      title: 'DORA, over 30 days',
      panels: [
        stat('Deployments a day', 'short', { [each]: `siskin_dora_deployments_per_day{${chosen}}` }),
        stat('Lead time for changes', 's', { [each]: `siskin_dora_lead_time_seconds{${chosen}}` }),
        stat('Change failure rate', 'percentunit', { [each]: `siskin_dora_change_failure_share{${chosen}}` }),
        stat('Time to restore', 's', { [each]: `siskin_dora_time_to_restore_seconds{${chosen}}` }),
      ],
    },
    {
      title: 'Deployments',
      panels: [
        table('Under way', `siskin_deployments_unfinished{${chosen}}`, { width: 8 }),
        graph('Ended, by outcome, in an hour', 'short', {
          [`${each} {{outcome}}`]: `sum by (app, environment, outcome) (increase(siskin_deployments_total{${chosen}}[1h]))`,
        }),
        graph('How long stages take, 95 % of them', 's', {
          '{{stage}}':
            'histogram_quantile(0.95, sum by (stage, le) (increase(siskin_deployment_stage_seconds_bucket[1d])))',
        }),
        graph(
          'Share of 5xx, by release',
          'percentunit',
          { '{{proxy}} {{release}}': `${answers('code="5xx", ')} / (${answers('')} > 0)` },
          {
            width: 12,
            min: 0,
            red: 0.05,
            description: 'While a canary runs there are two: what it answers, and what served before.',
          },
        ),
        graph(
          'Requests, by release',
          'reqps',
          { '{{proxy}} {{release}}': answers('') },
          { width: 12, stacked: true },
        ),
      ],
    },
    {
      title: 'Siskin itself',
      panels: [
        stat('Answers', 'bool_yes_no', { '{{instance}}': 'up{job="siskin"}' }),
        stat('Environments worked on', 'short', { '{{instance}}': 'siskin_leases_held' }),
        stat(
          'Oldest waiting wake-up',
          's',
          { '{{instance}}': 'siskin_queue_oldest_wait_seconds' },
          { red: 60 },
        ),
        stat('Not told everywhere yet', 'short', { '{{instance}}': 'siskin_notices_untold' }),
        graph('Wake-ups', 'short', { '{{state}}': 'siskin_queue_depth' }),
        graph('Webhooks, by answer', 'ops', {
          '{{status}}': 'sum by (status) (rate(siskin_webhook_answers_total[$__rate_interval]))',
        }),
        graph('What the reconciler put right, in an hour', 'short', {
          '{{action}}': 'sum by (action) (increase(siskin_reconcile_actions_total[1h]))',
        }),
        graph('Disks', 'percentunit', { '{{holds}} free': 'siskin_disk_free_share' }, { min: 0, max: 1 }),
        graph('Notices, in an hour', 'short', {
          '{{channel}} {{outcome}}': 'sum by (channel, outcome) (increase(siskin_notices_total[1h]))',
        }),
        graph('Age of the last good backup', 's', {
          '{{instance}}': 'time() - siskin_backup_last_success_timestamp_seconds',
        }),
        table('Certificates: seconds left', 'siskin_front_certificate_expiry_seconds'),
        table('Alerts', 'ALERTS{alertstate="firing"}'),
      ],
    },
  ],
};
