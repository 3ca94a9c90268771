// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test

import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  accessoryPlan,
  type ObservedAccessory,
  readiness,
  readyWithinMs,
  type WantedAccessory,
} from '../../src/domain/accessories/accessory.ts';
import { composeDocument } from '../../src/domain/accessories/compose-document.ts';
import { serviceSpec } from '../support/specs.ts';

const key = { app: 'shop', environment: 'production' };
const wanted = (name: string, specHash = 'one', container = {}): WantedAccessory => ({
  spec: {
    name,
    image: 'postgres:16',
    stopGraceMs: 1_500,
    container: { ...serviceSpec().container, ...container },
  },
  specHash,
});
const found = (name: string, change: Partial<ObservedAccessory> = {}): ObservedAccessory => ({
  name,
  container: `siskin_shop_production_${name}`,
  status: 'running',
  health: 'healthy',
  exitCode: 0,
  specHash: 'one',
  ...change,
});

describe('what is done about accessories', () => {
  it.each([
    ['nothing there', [], ['db']],
    ['it runs', [found('db')], []],
    ['it is unhealthy', [found('db', { health: 'unhealthy' })], []],
    ['it restarts', [found('db', { status: 'restarting' })], []],
    ['it was stopped', [found('db', { status: 'exited' })], ['db']],
    ['it was never started', [found('db', { status: 'created' })], ['db']],
    ['it is another one', [found('cache')], ['db']],
  ])('%s', (_, seen, bringUp) => {
    expect(accessoryPlan(key, [wanted('db')], seen).bringUp).toEqual(bringUp);
  });

  it('nothing, but a hint with a command, where the definition changed or is wanted no more', () => {
    const { bringUp, hints } = accessoryPlan(key, [wanted('db', 'two')], [found('db'), found('cache')]);
    expect(bringUp).toEqual([]);
    expect(hints).toEqual([
      expect.stringContaining('docker rm -f siskin_shop_production_db && siskin deploy shop production'),
      expect.stringContaining('docker rm -f siskin_shop_production_cache'),
    ]);
  });
});

describe('an accessory is ready', () => {
  it.each([
    [found('db'), 'ready'],
    [found('db', { health: 'none' }), 'ready'],
    [found('db', { health: 'starting' }), 'wait'],
    [found('db', { status: 'restarting' }), 'wait'],
    [found('db', { health: 'unhealthy' }), { failed: 'is unhealthy' }],
    [
      found('db', { status: 'exited', health: 'unhealthy', exitCode: 3 }),
      { failed: 'ended with exit code 3' },
    ],
    [undefined, { failed: 'has no container' }],
  ])('%j: %j', (one, state) => {
    expect(readiness(one)).toEqual(state);
  });

  it('within what its health check allows, and never less than two minutes', () => {
    const check = { test: [], intervalMs: 10_000, timeoutMs: 5_000, startPeriodMs: 60_000, retries: 10 };
    expect(readyWithinMs(wanted('db').spec)).toBe(120_000);
    expect(readyWithinMs(wanted('db', '', { healthcheck: check }).spec)).toBe(210_000);
  });
});

describe('the Compose document', () => {
  const environment = { A: 'a $HOME ${B} $$ "x" \n\u2028\u0085' };
  const text = composeDocument(key, [
    wanted('db', 'one', {
      environment,
      networks: ['acme_shared'],
      mounts: [
        { type: 'volume', source: 'siskin_shop_production_data', target: '/d', readOnly: false },
        { type: 'bind', source: '/srv/shop', target: '/s', readOnly: true },
      ],
      nanoCpus: 1.5e9,
    }),
  ]);

  it('is YAML in which no dollar sign has a meaning', () => {
    expect(text).not.toMatch(/(^|[^$])(\$\$)*\$([^$]|$)/);
    expect(parse(text).services.db.environment.A).toBe(environment.A.replaceAll('$', '$$$$'));
  });

  it('publishes nothing, asks for no rights, and neither makes networks nor volumes', () => {
    const document = parse(text);
    expect(Object.keys(document.services.db)).not.toEqual(
      expect.arrayContaining(['ports', 'privileged', 'cap_add', 'network_mode', 'build']),
    );
    expect(document.services.db).toMatchObject({
      container_name: 'siskin_shop_production_db',
      security_opt: ['no-new-privileges'],
      stop_grace_period: '2s',
      cpus: 1.5,
      labels: { 'siskin.kind': 'accessory', 'siskin.app': 'shop' },
    });
    expect(document.services.db.labels).not.toHaveProperty(['siskin.service']);
    expect(document.networks).toEqual({
      environment: { external: true, name: 'siskin-shop-production' },
      acme_shared: { external: true, name: 'acme_shared' },
    });
    expect(document.volumes).toEqual({
      siskin_shop_production_data: { external: true, name: 'siskin_shop_production_data' },
    });
  });
});
