import { expect, it } from 'vitest';
import { parseSiskinConfig } from '../../src/config/siskin-config.ts';
import { pipelineApps } from '../../workers/apps.ts';
import { siskinYaml } from '../support/config-samples.ts';

const app = (top: string, more = '    accessories: [db]\n') => {
  const found = pipelineApps(parseSiskinConfig(siskinYaml(top, more), 'siskin.yaml', {})).find({
    app: 'shop',
    environment: 'production',
  });
  if (!found) throw new Error('no such environment');
  return found;
};
const compose = (db: string) =>
  `services:\n  web: { build: ., x-siskin: { port: 1, health: { path: / } } }\n  db: ${db}\n`;
const networksOf = async (top: string, db: string, more?: string) =>
  (await app(top, more).readSpecs(compose(db)))[0]?.container.networks;

it('replicas made in a shared network join that of their accessories, where there are any', async () => {
  const shared = 'docker: { network: edge }';
  expect(await networksOf(shared, '{ image: a }')).toEqual(['siskin-shop-production']);
  expect(await networksOf(shared, '{ image: a, profiles: [test] }')).toBeUndefined();
  expect(await networksOf(shared, '{ image: a }', '')).toBeUndefined();
  expect(await networksOf('', '{ image: a }')).toBeUndefined();
});

it('what is wrong with an accessory is told when the service is read, before anything is built', async () => {
  await expect(app('').readSpecs(compose('{ image: a, privileged: true }'))).rejects.toMatchObject({
    code: 'COMPOSE_INVALID',
    message: expect.stringContaining('services.db.privileged'),
  });
});

it('an app without accessories reads none, and one without paths concerns itself with everything', () => {
  expect(app('', '').readAccessories).toBeUndefined();
  expect(app('', '').concerns).toBeUndefined();
  expect(app('', '    paths: [web/]\n').concerns?.('web/a')).toBe(true);
});
