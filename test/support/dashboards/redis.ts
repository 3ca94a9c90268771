import type { AppMetricNames } from './names.ts';
import { appVariables, chosen, type Dashboard, graph, stat } from './panel.ts';

const each = '{{app}} {{environment}}';

/** Redis by its exporter, and what the apps say of it. */
export const redis = (names: AppMetricNames): Dashboard => {
  const published = (metric: string) =>
    `sum by (app, environment) (rate(${metric}{${chosen}}[$__rate_interval]))`;
  const rate = (metric: string) => `rate(${metric}[$__rate_interval])`;
  return {
    uid: 'siskin-redis',
    title: 'Redis',
    description: 'What apps publish, and how the server does.',
    variables: appVariables,
    rows: [
      {
        title: 'From the apps',
        panels: [
          graph('Published', 'ops', { [each]: published(names.redisPublished) }, { width: 12 }),
          graph(
            'Failed to publish',
            'ops',
            { [each]: published(names.redisFailed) },
            { width: 12, min: 0, red: 0.01 },
          ),
        ],
      },
      {
        title: 'The server',
        panels: [
          stat('Answers', 'bool_yes_no', { '{{instance}}': 'redis_up' }),
          stat('Runs for', 's', { '{{instance}}': 'redis_uptime_in_seconds' }),
          stat('Clients', 'short', { '{{instance}}': 'redis_connected_clients' }),
          stat('Blocked clients', 'short', { '{{instance}}': 'redis_blocked_clients' }),
          graph('Memory', 'bytes', {
            '{{instance}} used': 'redis_memory_used_bytes',
            '{{instance}} at most': 'redis_memory_max_bytes',
          }),
          graph('Commands', 'ops', { '{{instance}}': rate('redis_commands_processed_total') }),
          graph('Time in commands', 's', {
            '{{cmd}}': `topk(8, ${rate('redis_commands_duration_seconds_total')})`,
          }),
          graph(
            'Share of reads that found their key',
            'percentunit',
            {
              '{{instance}}': `${rate('redis_keyspace_hits_total')} / (${rate('redis_keyspace_hits_total')} + ${rate('redis_keyspace_misses_total')} > 0)`,
            },
            { min: 0, max: 1 },
          ),
          graph('Keys that were evicted or expired', 'ops', {
            '{{instance}} evicted': rate('redis_evicted_keys_total'),
            '{{instance}} expired': rate('redis_expired_keys_total'),
          }),
          graph('Publish and subscribe', 'short', {
            '{{instance}} channels': 'redis_pubsub_channels',
            '{{instance}} patterns': 'redis_pubsub_patterns',
          }),
        ],
      },
    ],
  };
};
