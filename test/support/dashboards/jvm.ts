import { appVariables, chosen, type Dashboard, graph, stat } from './panel.ts';

const replica = '{{app}} {{environment}} {{replica}}';
const by = 'app, environment, replica';

/** What Micrometer says of each replica's Java virtual machine. */
export const jvm: Dashboard = {
  uid: 'siskin-jvm',
  title: 'JVM',
  description: 'Memory, collections, threads and processor of each replica.',
  variables: appVariables,
  rows: [
    {
      title: 'Memory',
      panels: [
        stat('Run for', 's', { [replica]: `process_uptime_seconds{${chosen}}` }, { width: 24 }),
        graph('Heap', 'bytes', {
          [`${replica} used`]: `sum by (${by}) (jvm_memory_used_bytes{area="heap", ${chosen}})`,
          [`${replica} at most`]: `sum by (${by}) (jvm_memory_max_bytes{area="heap", ${chosen}} > 0)`,
        }),
        graph('Outside the heap', 'bytes', {
          [`${replica} {{id}}`]: `jvm_memory_used_bytes{area="nonheap", ${chosen}}`,
        }),
        graph('Buffers', 'bytes', { [`${replica} {{id}}`]: `jvm_buffer_memory_used_bytes{${chosen}}` }),
      ],
    },
    {
      title: 'Collections, threads, processor',
      panels: [
        graph(
          'Share of the time in collections',
          'percentunit',
          { [replica]: `sum by (${by}) (rate(jvm_gc_pause_seconds_sum{${chosen}}[$__rate_interval]))` },
          { min: 0 },
        ),
        graph('Longest collection', 's', { [`${replica} {{cause}}`]: `jvm_gc_pause_seconds_max{${chosen}}` }),
        graph('Allocated', 'Bps', {
          [replica]: `rate(jvm_gc_memory_allocated_bytes_total{${chosen}}[$__rate_interval])`,
        }),
        graph('Threads, by state', 'short', {
          '{{app}} {{environment}} {{state}}': `sum by (app, environment, state) (jvm_threads_states_threads{${chosen}})`,
        }),
        graph(
          'Processor',
          'percentunit',
          {
            [`${replica} itself`]: `process_cpu_usage{${chosen}}`,
            [`${replica} machine`]: `system_cpu_usage{${chosen}}`,
          },
          { min: 0, max: 1 },
        ),
        graph('Classes', 'short', { [replica]: `jvm_classes_loaded_classes{${chosen}}` }),
        graph(
          'Lines logged, by level',
          'ops',
          {
            '{{app}} {{environment}} {{level}}': `sum by (app, environment, level) (rate(logback_events_total{${chosen}}[$__rate_interval]))`,
          },
          { width: 12 },
        ),
        graph('Open files', 'short', { [replica]: `process_files_open_files{${chosen}}` }, { width: 12 }),
      ],
    },
  ],
};
