import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { endStates } from '../../../src/domain/deployment.ts';
import { deploymentStages } from '../../../src/domain/stage-durations.ts';
import { createMetrics } from '../../../src/observability/metrics.ts';
import type { MetricsSources } from '../../../src/observability/sources.ts';

const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
const nothing = () => Promise.reject(new Error('not asked'));
const everySource: Required<MetricsSources> = {
  queueDepth: nothing,
  queueAge: nothing,
  leases: nothing,
  outcomes: nothing,
  unfinished: nothing,
  stages: nothing,
  reconcileActions: nothing,
  notices: nothing,
  untold: nothing,
  dora: nothing,
  disks: {},
  certificates: nothing,
};

describe('the page of the metrics', () => {
  const names = createMetrics(everySource)
    .registry.getMetricsAsArray()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('siskin_'));

  it.each(names)('has a row for %s', (name) =>
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm')),
  );

  it('tells of no metric that is not there', () => {
    const told = new Set(page.match(/\bsiskin_[a-z_]+/g));
    told.delete('siskin_deployment_stage_seconds_bucket');
    expect([...told].filter((name) => !names.includes(name))).toEqual([]);
    expect(told.size).toBe(names.length);
  });

  it.each([...endStates, ...deploymentStages])('tells of %s', (value) =>
    expect(page).toContain(`\`${value}\``),
  );
});
