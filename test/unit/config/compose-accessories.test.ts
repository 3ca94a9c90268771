// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test

import { describe, expect, it } from 'vitest';
import { parseComposeAccessories } from '../../../src/config/compose-accessories.ts';
import { composeOptions, mistakesOf } from '../../support/config-samples.ts';

const read = (service: string, more: Partial<Parameters<typeof parseComposeAccessories>[1]> = {}) =>
  parseComposeAccessories(
    `services:\n  web: { build: "\${UNSET}" }\n  db: ${service}\nvolumes: { data: }\n`,
    { ...composeOptions, accessories: ['db'], ...more },
  );
const mistakes = (service: string) =>
  mistakesOf(() => read(service)).map((line) => line.replace(/^docker-compose.yml:\d+:\d+ /, ''));

describe('an accessory', () => {
  it('is read as the rolled service is, and nothing else of the file', () => {
    const service =
      '{ image: "postgres:16", environment: { A: "${A}" }, volumes: ["data:/d"], shm_size: 64m, deploy: { resources: { limits: { memory: 1g } } } }';
    expect(read(service, { variables: { A: '{{siskin.secret.A}}' } })).toEqual([
      {
        name: 'db',
        image: 'postgres:16',
        stopGraceMs: 10_000,
        shmSizeBytes: 64 * 2 ** 20,
        container: {
          environment: { A: '{{siskin.secret.A}}' },
          readOnly: false,
          mounts: [{ type: 'volume', source: 'siskin_shop_production_data', target: '/d', readOnly: false }],
          tmpfs: [],
          ulimits: [],
          memoryLimitBytes: 2 ** 30,
          logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
          restart: 'unless-stopped',
          labels: {},
        },
      },
    ]);
  });

  it('whose profiles are inactive is not there', () => {
    expect(read('{ image: a, profiles: [test] }')).toEqual([]);
    expect(read('{ image: a, profiles: [test, main] }')).toHaveLength(1);
  });

  it.each([
    ['{ }', 'services.db.image: '],
    ['{ image: "-x" }', 'services.db.image: must be the name of an image'],
    ['{ image: "siskin/other-production:r3" }', "services.db.image: is a release's image"],
    ['{ image: a, build: . }', 'services.db.build: is refused: an accessory is made once from an image'],
    [
      '{ image: a, ports: ["5432:5432"] }',
      'services.db.ports: is refused: the app reaches an accessory by its name',
    ],
    ['{ image: a, privileged: true }', 'services.db.privileged: is refused: it gives the app every right'],
    ['{ image: a, network_mode: host }', 'services.db.network_mode: is refused'],
    ['{ image: a, cap_add: [ALL] }', 'services.db.cap_add: is refused'],
    ['{ image: a, volumes: ["/etc:/etc"] }', 'services.db.volumes[0]: mounts "/etc" of the host'],
    ['{ image: a, volumes: ["/var/run/docker.sock:/s"] }', 'services.db.volumes[0]: mounts'],
    ['{ image: a, networks: [other] }', 'services.db.networks[0]: is the network "other"'],
    ['{ image: a, x-siskin: {} }', 'services.db.x-siskin: is for the service that is rolled out'],
    ['{ image: a, deploy: { replicas: 2 } }', 'services.db.deploy.replicas: must be 1'],
    [
      '{ image: a, labels: { siskin.app: other } }',
      'services.db.labels.siskin.app: is a label beginning with siskin.',
    ],
    ['{ image: a, environment: [NOT_SET] }', 'services.db.environment[0]: has no value'],
    ['{ image: "${UNSET}" }', 'services.db.image: '],
  ])('threat 33: %s is refused: %s', (service, message) => {
    expect(mistakes(service)).toEqual([expect.stringContaining(message)]);
  });

  it('that the file does not have is told with those it has', () => {
    expect(mistakesOf(() => read('{ image: a }', { accessories: ['cache'] }))).toEqual([
      'docker-compose.yml:1:1 services: has no service "cache", which siskin.yaml names under accessories; it has: web, db',
    ]);
  });
});
