import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type AlloyBlock, parseAlloy } from '../../support/alloy-config.ts';
import { renderMonitoring } from '../../support/monitoring-bundle.ts';

// Neither program can be had here: this holds the files against what their documentation says.

const files = await renderMonitoring();
const text = (path: string): string => files[`monitoring/${path}`] ?? '';

const size = z.string().regex(/^\d+(KB|MB|GB)$/);
const time = z.string().regex(/^\d+[smh]$/);

/** Loki 3: grafana.com/docs/loki/latest/configure, of the keys that are used. */
const loki = z.strictObject({
  auth_enabled: z.boolean(),
  server: z.strictObject({
    http_listen_port: z.literal(3100),
    log_level: z.enum(['debug', 'info', 'warn', 'error']),
  }),
  common: z.strictObject({
    instance_addr: z.string(),
    path_prefix: z.string().startsWith('/'),
    replication_factor: z.literal(1),
    ring: z.strictObject({
      kvstore: z.strictObject({ store: z.enum(['inmemory', 'memberlist', 'consul', 'etcd']) }),
    }),
    storage: z.strictObject({
      filesystem: z.strictObject({ chunks_directory: z.string(), rules_directory: z.string() }),
    }),
  }),
  schema_config: z.strictObject({
    configs: z.array(
      z.strictObject({
        from: z.string().regex(/^\d{4}-\d\d-\d\d$/),
        store: z.literal('tsdb'),
        object_store: z.literal('filesystem'),
        schema: z.literal('v13'), // structured metadata needs it
        index: z.strictObject({ prefix: z.string(), period: z.literal('24h') }), // retention needs 24h
      }),
    ),
  }),
  compactor: z.strictObject({
    working_directory: z.string(),
    retention_enabled: z.literal(true),
    delete_request_store: z.literal('filesystem'), // without it Loki 3 does not start when retention is on
  }),
  limits_config: z.strictObject({
    retention_period: z.string().regex(/^\d+h$/),
    reject_old_samples: z.boolean(),
    reject_old_samples_max_age: time,
    ingestion_rate_mb: z.number(),
    ingestion_burst_size_mb: z.number(),
    max_global_streams_per_user: z.number().int(),
    max_line_size: size,
    max_line_size_truncate: z.boolean(),
    max_entries_limit_per_query: z.number().int(),
    max_query_length: time,
    allow_structured_metadata: z.literal(true),
  }),
  ingester: z.strictObject({
    chunk_idle_period: time,
    wal: z.strictObject({ dir: z.string(), replay_memory_ceiling: size }),
  }),
  query_range: z.strictObject({
    results_cache: z.strictObject({
      cache: z.strictObject({
        embedded_cache: z.strictObject({ enabled: z.boolean(), max_size_mb: z.number() }),
      }),
    }),
  }),
  analytics: z.strictObject({ reporting_enabled: z.literal(false) }),
});

describe('Loki’s configuration', () => {
  it('has the documented keys, keeps logs for a bounded time, and in its volume', () => {
    const config = loki.parse(parse(text('loki/loki.yml')));
    const folders = [config.common.path_prefix, config.compactor.working_directory, config.ingester.wal.dir];
    for (const folder of [...folders, ...Object.values(config.common.storage.filesystem)])
      expect(folder).toMatch(/^\/loki(\/|$)/);
  });
});

/** Component → attributes and blocks that its page in grafana.com/docs/alloy has, of those that are used. */
const documented: Record<string, { attributes: string[]; required: string[]; blocks: string[] }> = {
  'discovery.docker': {
    attributes: ['host', 'refresh_interval', 'port'],
    required: ['host'],
    blocks: ['filter'],
  },
  filter: { attributes: ['name', 'values'], required: ['name', 'values'], blocks: [] },
  'discovery.relabel': { attributes: ['targets'], required: ['targets'], blocks: ['rule'] },
  rule: {
    attributes: ['action', 'regex', 'replacement', 'separator', 'source_labels', 'target_label'],
    required: [],
    blocks: [],
  },
  'loki.source.docker': {
    attributes: ['host', 'targets', 'forward_to', 'labels', 'refresh_interval', 'relabel_rules'],
    required: ['host', 'targets', 'forward_to'],
    blocks: [],
  },
  'loki.process': {
    attributes: ['forward_to'],
    required: ['forward_to'],
    blocks: ['stage.limit', 'stage.drop', 'stage.json', 'stage.structured_metadata'],
  },
  'stage.limit': {
    attributes: ['burst', 'rate', 'by_label_name', 'drop', 'max_distinct_labels'],
    required: ['burst', 'rate'],
    blocks: [],
  },
  'stage.drop': {
    attributes: ['drop_counter_reason', 'longer_than', 'older_than'],
    required: [],
    blocks: [],
  },
  'stage.json': {
    attributes: ['expressions', 'source', 'drop_malformed'],
    required: ['expressions'],
    blocks: [],
  },
  'stage.structured_metadata': { attributes: ['values'], required: [], blocks: [] },
  'loki.write': { attributes: ['external_labels', 'max_streams'], required: [], blocks: ['endpoint'] },
  endpoint: {
    attributes: ['url', 'batch_size', 'batch_wait', 'max_backoff_period', 'max_backoff_retries'],
    required: ['url'],
    blocks: [],
  },
};

function problems(blocks: readonly AlloyBlock[], allowed: readonly string[] | null): string[] {
  return blocks.flatMap(({ name, attributes, blocks: inner }) => {
    const known = documented[name];
    if (known === undefined || (allowed !== null && !allowed.includes(name)))
      return [`${name} is not known here`];
    const given = Object.keys(attributes);
    return [
      ...given.filter((one) => !known.attributes.includes(one)).map((one) => `${name} has no ${one}`),
      ...known.required.filter((one) => !given.includes(one)).map((one) => `${name} needs ${one}`),
      ...problems(inner, known.blocks),
    ];
  });
}

describe('Alloy’s configuration', () => {
  const blocks = parseAlloy(text('alloy/config.alloy'));

  it('has documented components, attributes and blocks only', () => {
    expect(problems(blocks, null)).toEqual([]);
    expect(blocks.map(({ name }) => name)).toEqual([
      'discovery.docker',
      'discovery.relabel',
      'loki.source.docker',
      'loki.process',
      'loki.write',
    ]);
  });

  it('refers to components that are there', () => {
    const there = blocks.map(({ name, label }) => `${name}.${label}`);
    const values = blocks.flatMap(({ attributes }) => Object.values(attributes));
    const references = values.flatMap((value) => value.match(/\b(?:discovery|loki)(?:\.\w+){2,}/g) ?? []);
    expect(references).toHaveLength(4);
    for (const reference of references) expect(there).toContain(reference.replace(/\.\w+$/, ''));
  });

  it('takes the logs of Siskin’s containers alone, under the labels that dashboards ask for', () => {
    const [docker, relabel] = blocks;
    expect(docker?.blocks[0]?.attributes).toEqual({ name: '"label"', values: '[ "siskin.app" ]' });
    const labels = relabel?.blocks.map(({ attributes }) => attributes.target_label?.slice(1, -1));
    expect(labels).toEqual(['app', 'environment', 'service', 'release']);
    const asked = Object.values(files)
      .join('')
      .match(/\{app=~\\"\$app\\", environment=~\\"\$environment\\"\}/g);
    expect(asked).not.toBeNull();
  });

  it('is bounded by app: a limit by a label drops, or Alloy refuses it', () => {
    const limit = blocks.flatMap((block) => block.blocks).find(({ name }) => name === 'stage.limit');
    expect(limit?.attributes).toMatchObject({ by_label_name: '"app"', drop: 'true' });
  });

  it.each([
    ['a { b = ', 'not closed'],
    ['a { b = "c" b = "d" }', 'twice'],
    ['a "l" b = 1', 'no {'],
    ['a { ', 'not closed'],
    ['a { b = "c }', 'line 1'],
    ['a = 1', 'outside any block'],
  ])('what is no configuration is refused: %s', (wrong, why) => {
    expect(() => parseAlloy(wrong)).toThrow(why);
  });
});
