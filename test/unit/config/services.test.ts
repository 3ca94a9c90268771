import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ComposeOptions, parseComposeServices } from '../../../src/config/compose-file.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { imageNames } from '../../../src/domain/release.ts';
import { routesOf } from '../../../workers/apps.ts';
import { composeOptions, mistakesOf } from '../../support/config-samples.ts';

const service = (more: string, siskin = '{ port: 3000, health: { path: / } }') =>
  `{ build: ., ${more === '' ? '' : `${more}, `}x-siskin: ${siskin} }`;
const file = (services: Record<string, string>): string =>
  `services:\n${Object.entries(services)
    .map(([name, text]) => `  ${name}: ${text}\n`)
    .join('')}`;
const options = (services: string[], more: Partial<ComposeOptions> = {}): ComposeOptions => ({
  ...composeOptions,
  services,
  ...more,
});
const orderOf = (services: Record<string, string>, names: string[]) =>
  parseComposeServices(file(services), options(names)).map((spec) => spec.service);

describe('the order of several services', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['is that of siskin.yaml', { web: service(''), api: service('') }, ['web', 'api']],
    ['puts what is needed first', { web: service('depends_on: [api]'), api: service('') }, ['api', 'web']],
    [
      'reads conditions, which change nothing',
      { web: service('depends_on: { api: { condition: service_healthy } }'), api: service('') },
      ['api', 'web'],
    ],
    [
      'goes through services that are not rolled',
      { web: service('depends_on: [db]'), db: '{ image: postgres, depends_on: [api] }', api: service('') },
      ['api', 'web'],
    ],
  ])('%s', (_what, services, expected) => {
    expect(orderOf(services, ['web', 'api'])).toEqual(expected);
  });

  it('breaks ties by the order of siskin.yaml', () => {
    const services = { a: service('depends_on: [c]'), b: service(''), c: service('') };
    expect(orderOf(services, ['a', 'b', 'c'])).toEqual(['b', 'c', 'a']);
  });

  it('refuses a circle, and names it', () => {
    const services = {
      web: service('depends_on: [api]'),
      api: service('depends_on: [db]'),
      db: '{ image: postgres, depends_on: [web] }',
    };
    expect(mistakesOf(() => orderOf(services, ['web', 'api']))).toEqual([
      'docker-compose.yml:2:20 services.web.depends_on: goes round in a circle: web needs api needs db needs web',
    ]);
  });

  it('looks at each service once, however many ways lead to it', () => {
    const layers = Array.from({ length: 60 }, (_, index) => {
      const needs = index === 0 ? '[]' : `[a${index - 1}, b${index - 1}]`;
      return [`a${index}`, `b${index}`].map((name) => [name, `{ image: x, depends_on: ${needs} }`]);
    });
    const services = { ...Object.fromEntries(layers.flat()), web: service('depends_on: [a59]') };
    expect(orderOf(services, ['web'])).toEqual(['web']);
  });

  it('tells the mistakes of all', () => {
    const services = { web: service('privileged: true'), api: service('ports: ["80:80"]') };
    expect(mistakesOf(() => orderOf(services, ['web', 'api']))).toEqual([
      expect.stringContaining('services.web.privileged'),
      expect.stringContaining('services.api.ports'),
    ]);
  });
});

describe('a worker', () => {
  const worker = (siskin = '', more = '') => ({ jobs: service(more, `{ worker: true${siskin} }`) });
  const read = (services: Record<string, string>, more: Partial<ComposeOptions> = {}) =>
    parseComposeServices(file(services), options(['jobs'], more));

  it('has no port, and is healthy when it runs for a while', () => {
    const [spec] = read(worker());
    expect(spec?.rollout).toMatchObject({
      worker: true,
      port: 0,
      health: { kind: 'running', steadyMs: 5_000 },
    });
  });

  it('is asked by its container where it has a health check', () => {
    const [spec] = read(worker('', 'healthcheck: { test: [CMD, node, check.js] }'));
    expect(spec?.rollout.health.kind).toBe('container');
  });

  it('is refused what goes with requests, and a route', () => {
    const wrong = worker(', port: 3000, health: { path: / }, smoke: [{ path: / }], metrics: { path: /m }');
    const routes = [{ service: 'jobs', host: 'shop.example.com', path: '/jobs' }];
    expect(mistakesOf(() => read(wrong, { routes }))).toEqual([
      'docker-compose.yml:2:33 services.jobs.x-siskin.worker: is true, but siskin.yaml routes shop.example.com/jobs to this service: a worker answers no requests',
      expect.stringMatching(/x-siskin\.port: is not for a worker: it has no port/),
      expect.stringMatching(/x-siskin\.health: is not for a worker/),
      expect.stringMatching(/x-siskin\.smoke: is not for a worker/),
      expect.stringMatching(/x-siskin\.metrics\.port: is missing/),
    ]);
  });
});

it('every service has a backend; what is not routed is reached by no name that anybody resolves', () => {
  const text = `apps:
  shop:
    repo: /r
    services: { web: {}, api: , jobs: {} }
    environments:
      production:
        branch: release
        routes: [ { host: shop.example.com, service: web }, { host: shop.example.com, path: /api, service: api } ]
`;
  expect(routesOf(parseSiskinConfig(text, '/etc/siskin.yaml', {}))).toEqual([
    { backend: 'shop-production-web', host: 'shop.example.com', path: '/' },
    { backend: 'shop-production-api', host: 'shop.example.com', path: '/api' },
    { backend: 'shop-production-jobs', host: 'jobs.production.shop.siskin.internal', path: '/' },
  ]);
});

it('the guide’s example is right', () => {
  const guide = readFileSync(new URL('../../../docs/guides/several-services.md', import.meta.url), 'utf8');
  const [, compose = ''] = [...guide.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const specs = parseComposeServices(compose, options(['web', 'api', 'jobs']));
  expect(specs.map((spec) => spec.service)).toEqual(['api', 'web', 'jobs']);
  expect(imageNames(composeOptions.key, 12, specs)).toEqual([
    'siskin/shop-production-api:r12',
    'siskin/shop-production-web:r12',
    'siskin/shop-production-api:r12',
  ]);
});
