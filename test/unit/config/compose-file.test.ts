import { describe, expect, it } from 'vitest';
import { splitCommand } from '../../../src/config/compose/command.ts';
import { composeMistakes, composeYaml, readCompose } from '../../support/config-samples.ts';

const rollout = (service = '', siskin = '') => readCompose(composeYaml(service, siskin)).rollout;
const container = (service: string, top = '', options = {}) =>
  readCompose(composeYaml(service, '', top), options).container;

describe('a service', () => {
  it('has a default for everything but build, port and health', () => {
    expect(readCompose(composeYaml())).toEqual({
      service: 'web',
      build: { context: '.', dockerfile: 'Dockerfile', args: {} },
      container: {
        environment: {},
        readOnly: false,
        mounts: [],
        tmpfs: [],
        ulimits: [],
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
        restart: 'unless-stopped',
        labels: {},
      },
      rollout: {
        replicas: 1,
        order: 'start-first',
        parallelism: 1,
        port: 3000,
        health: {
          kind: 'http',
          path: '/healthz',
          intervalMs: 250,
          timeoutMs: 2000,
          startPeriodMs: 120_000,
          healthyAfter: 2,
        },
        smoke: [],
        canary: {
          share: 0.25,
          warmupMs: 0,
          minBakeMs: 15_000,
          maxBakeMs: 60_000,
          max5xx: 0.05,
          watchMs: 600_000,
          compare: 'baseline',
          onNoMetrics: 'hold',
          metricsTimeoutMs: 60_000,
        },
        analysis: [],
        onFailure: 'rollback',
        drainTimeoutMs: 30_000,
        stopGraceMs: 10_000,
      },
    });
  });

  it.each([
    ['command: node server.js', { command: ['node', 'server.js'] }],
    ['entrypoint: [node, 8080, true]', { entrypoint: ['node', '8080', 'true'] }],
    ['working_dir: /srv/app/', { workingDir: '/srv/app' }],
    ['user: 1000', { user: '1000' }],
    ['user: "1000:1000"', { user: '1000:1000' }],
    ['read_only: true', { readOnly: true }],
    ['init: true', {}],
    ['tmpfs: /tmp', { tmpfs: ['/tmp'] }],
    ['tmpfs: ["/tmp:size=64m,mode=1777"]', { tmpfs: ['/tmp:size=64m,mode=1777'] }],
    [
      'ulimits: { nofile: 9, memlock: -1, nproc: { soft: 1, hard: -1 } }',
      {
        ulimits: [
          { name: 'nofile', soft: 9, hard: 9 },
          { name: 'memlock', soft: -1, hard: -1 },
          { name: 'nproc', soft: 1, hard: -1 },
        ],
      },
    ],
    ['logging: { driver: none }', { logging: { driver: 'none', options: {} } }],
    [
      'logging: { options: { max-size: 1m } }',
      { logging: { driver: 'json-file', options: { 'max-size': '1m', 'max-file': '3' } } },
    ],
    ['restart: no', { restart: 'no' }],
    [
      'environment: { A: 1.10, B: true, C: 0x1F, D: "", E: 2026-11-21 }',
      { environment: { A: '1.10', B: 'true', C: '0x1F', D: '', E: '2026-11-21' } },
    ],
    ['environment: [A=1=2, B=]', { environment: { A: '1=2', B: '' } }],
    ['labels: { a.b: 1, c: }', { labels: { 'a.b': '1', c: '' } }],
    ['labels: [a=1, b]', { labels: { a: '1', b: '' } }],
    [
      'deploy: { resources: { limits: { memory: 768M, cpus: 0.5 }, reservations: { memory: 256M, cpus: "0.1" } } }',
      { memoryLimitBytes: 768 * 2 ** 20, memoryReservationBytes: 256 * 2 ** 20, nanoCpus: 500_000_000 },
    ],
    ['x-other: { anything: [goes] }', {}],
    ['depends_on: { db: { condition: service_healthy } }', {}],
    ['profiles: [main, debug]', {}],
    ['image: acme/web', {}],
  ])('%s', (service, expected) => expect(container(service)).toMatchObject(expected));

  it('takes variables without value from siskin.yaml', () => {
    const variables = { A: 'a', B: '' };
    expect(container('environment: [A, B]', '', { variables }).environment).toEqual(variables);
    expect(container('environment: { A: , B: null }', '', { variables }).environment).toEqual(variables);
    expect(
      readCompose(composeYaml().replace('build: .', 'build: { context: ., args: [A] }'), { variables }).build
        .args,
    ).toEqual({ A: 'a' });
  });

  it('shares keys through anchors', () => {
    const top = 'x-env: &env { A: 1.0 }\nx-logging: &logging { driver: local }';
    expect(container('environment: { <<: *env, B: "2" }\nlogging: *logging', top)).toMatchObject({
      environment: { A: '1.0', B: '2' },
      logging: { driver: 'local' },
    });
  });

  it('leaves other services alone', () => {
    const text = `${composeYaml()}  db: { image: postgres, privileged: true, environment: { P: "\${UNSET}" } }\n`;
    expect(readCompose(text).service).toBe('web');
  });

  it.each([
    [
      'volumes: [data:/data]',
      { type: 'volume', source: 'siskin_shop_production_data', target: '/data', readOnly: false },
    ],
    [
      'volumes: ["data:/data/:ro"]',
      { type: 'volume', source: 'siskin_shop_production_data', target: '/data', readOnly: true },
    ],
    [
      'volumes: [{ type: volume, source: data, target: /d, read_only: true }]',
      { type: 'volume', source: 'siskin_shop_production_data', target: '/d', readOnly: true },
    ],
    ['volumes: [uploads:/up]', { type: 'volume', source: 'acme_uploads', target: '/up', readOnly: false }],
    ['volumes: [/srv/shop:/d]', { type: 'bind', source: '/srv/shop', target: '/d', readOnly: false }],
    [
      'volumes: [/srv/shop//a/../b:/d]',
      { type: 'bind', source: '/srv/shop/b', target: '/d', readOnly: false },
    ],
  ])('%s', (service, mount) => {
    const top = 'volumes: { data: , uploads: { external: true, name: acme_uploads } }';
    expect(container(service, top).mounts).toEqual([mount]);
  });

  it('joins the networks that siskin.yaml allows', () => {
    const top = 'networks: { shared: { external: true, name: acme_shared } }';
    expect(container('networks: [shared]', top).networks).toEqual(['acme_shared']);
    expect(container('networks: { shared: }', top).networks).toEqual(['acme_shared']);
  });

  it('finds its build relative to the Compose file, inside of the repository', () => {
    const build = (written: string, file: string) =>
      readCompose(composeYaml().replace('build: .', `build: ${written}`), { file }).build;
    expect(build('.', 'docker-compose.yml').context).toBe('.');
    expect(build('./web/', 'docker-compose.yml').context).toBe('web');
    expect(build('..', 'deploy/compose.yml').context).toBe('.');
    expect(
      build('{ context: ../web, dockerfile: ./docker/Dockerfile, target: run }', 'deploy/compose.yml'),
    ).toEqual({
      context: 'web',
      dockerfile: 'docker/Dockerfile',
      target: 'run',
      args: {},
    });
  });

  it.each([
    '..',
    '../x',
    'a/../../x',
    '/etc',
    '~/x',
    '-x',
    'https://github.com/acme/x.git',
    'git@github.com:x',
    '""',
    '"a\\u0001b"',
    '.git',
    'a/.git/hooks',
    '"a\\\\b"',
  ])('threat 12: refuses the context %s', (context) => {
    const mistakes = composeMistakes(composeYaml().replace('build: .', `build: ${context}`));
    expect(mistakes).toEqual([
      expect.stringContaining('services.web.build: must be a path inside of the repository'),
    ]);
  });
});

describe('the rollout', () => {
  it.each([
    ['deploy: { replicas: 3 }', '', { replicas: 3 }],
    ['deploy: { replicas: "3" }', '', { replicas: 3 }],
    ['deploy: { replicas: 3, update_config: { parallelism: 0 } }', '', { parallelism: 3 }],
    ['deploy: { update_config: { order: stop-first } }', '', { order: 'stop-first' }],
    ['stop_grace_period: 1m30s', '', { stopGraceMs: 90_000 }],
    ['', 'drain: { timeout: 5s }', { drainTimeoutMs: 5000 }],
    ['', 'onFailure: freeze', { onFailure: 'freeze' }],
    ['deploy: { update_config: { failure_action: rollback } }', '', { onFailure: 'rollback' }],
    ['deploy: { update_config: { failure_action: pause } }', '', { onFailure: 'freeze' }],
    [
      'deploy: { update_config: { failure_action: pause } }',
      'onFailure: rollback',
      { onFailure: 'rollback' },
    ],
    ['deploy: { update_config: { failure_action: rollback } }', 'onFailure: freeze', { onFailure: 'freeze' }],
    ['', 'metrics: {}', { metrics: { path: '/metrics', port: 3000 } }],
    ['', 'metrics: { path: /m/x, port: "9100" }', { metrics: { path: '/m/x', port: 9100 } }],
    [
      '',
      'smoke: [ { path: "/?a=b" }, { path: /x, expect: 301 } ]',
      {
        smoke: [
          { path: '/?a=b', expect: 200 },
          { path: '/x', expect: 301 },
        ],
      },
    ],
  ])('%s %s', (service, siskin, expected) => expect(rollout(service, siskin)).toMatchObject(expected));

  it.each([
    ['monitor: 30s, max_failure_ratio: 0.1', '', { minBakeMs: 15_000, maxBakeMs: 30_000, max5xx: 0.1 }],
    ['monitor: 5s', '', { minBakeMs: 5000, maxBakeMs: 5000 }],
    ['monitor: 30s, max_failure_ratio: 0.1', 'maxBake: 2m, max5xx: 1%', { maxBakeMs: 120_000, max5xx: 0.01 }],
    ['max_failure_ratio: 0', 'max5xx: 1%', { max5xx: 0.01 }],
    ['monitor: 20s', 'warmup: 19s', { warmupMs: 19_000, maxBakeMs: 20_000 }],
    ['monitor: 1m', 'minBake: 1m', { minBakeMs: 60_000, maxBakeMs: 60_000 }],
  ])('update_config { %s } and canary { %s }', (update, canary, expected) => {
    expect(rollout(`deploy: { update_config: { ${update} } }`, `canary: { ${canary} }`).canary).toMatchObject(
      expected,
    );
  });

  it('takes the port from the only expose', () => {
    const text = (expose: string) => composeYaml(`expose: ${expose}`).replace('port: 3000, ', '');
    expect(readCompose(text('[8080]')).rollout.port).toBe(8080);
    expect(readCompose(text('["8080/tcp"]')).rollout.port).toBe(8080);
    expect(composeMistakes(text('[8080, 8081]'))).toEqual([
      expect.stringContaining('x-siskin.port: is missing'),
    ]);
  });
});

describe('health', () => {
  const withCheck = (check: string) =>
    composeYaml(`healthcheck: ${check}`).replace(', health: { path: /healthz }', '');

  it("is the container's own check when there is no probe", () => {
    const spec = readCompose(
      withCheck('{ test: [CMD, node, check.js], interval: 10s, timeout: 5s, start_period: 1m, retries: 5 }'),
    );
    expect(spec.rollout.health).toEqual({ kind: 'container', startPeriodMs: 135_000 });
    expect(spec.container.healthcheck).toEqual({
      test: ['CMD', 'node', 'check.js'],
      intervalMs: 10_000,
      timeoutMs: 5000,
      startPeriodMs: 60_000,
      retries: 5,
    });
    expect(readCompose(withCheck('{ test: curl -f localhost, interval: 1s, timeout: 1s }'))).toMatchObject({
      container: { healthcheck: { test: ['CMD-SHELL', 'curl -f localhost'] } },
      rollout: { health: { kind: 'container', startPeriodMs: 120_000 } },
    });
  });

  it('is the probe when there are both', () => {
    expect(
      readCompose(composeYaml('healthcheck: { test: curl localhost }')).container.healthcheck,
    ).toBeUndefined();
    expect(readCompose(composeYaml('healthcheck: { disable: true }')).container.healthcheck?.test).toEqual([
      'NONE',
    ]);
  });

  it.each(['{ disable: true }', '{ test: NONE }', '{ test: [NONE] }'])(
    'threat 15: %s is no health check',
    (check) => {
      expect(composeMistakes(withCheck(check))).toContainEqual(expect.stringContaining('name an HTTP probe'));
    },
  );

  it.each(['[CMD, "true"]', '[CMD-SHELL, exit 0]', '"true"', '":"', '[CMD, /bin/true]'])(
    'threat 15: %s is always green',
    (test) => {
      expect(composeMistakes(withCheck(`{ test: ${test} }`))).toEqual([
        expect.stringContaining('is green whatever the app does'),
      ]);
    },
  );
});

it.each(['http://203.0.113.1/', '//203.0.113.1/', 'file:///etc/passwd', '/a b', '/a\r\nHost: x', '/a#b', ''])(
  'threat 19: refuses %j as a path to probe',
  (path) => {
    const written = JSON.stringify(path);
    expect(composeMistakes(composeYaml().replace('/healthz', written))).toEqual([
      expect.stringContaining('health.path: must be an HTTP path'),
    ]);
    expect(composeMistakes(composeYaml('', `smoke: [ { path: ${written} } ]`))).toEqual([
      expect.stringContaining('smoke[0].path: must be an HTTP path'),
    ]);
    expect(composeMistakes(composeYaml('', `metrics: { path: ${written} }`))).toEqual([
      expect.stringContaining('metrics.path: must be a path'),
    ]);
  },
);

it.each([
  'privileged: true',
  'network_mode: host',
  'pid: host',
  'ipc: host',
  'devices: [/dev/sda]',
  'cap_add: [ALL]',
  'security_opt: [apparmor:unconfined]',
  'userns_mode: host',
  'volumes_from: [db]',
  'cgroup_parent: /',
  'runtime: x',
  'use_api_socket: true',
  'volumes: [/:/host]',
  'volumes: [/etc:/etc]',
  'volumes: [/srv/shop/../x:/x]',
  'volumes: [/srv/shopping:/x]',
  'volumes: [siskin_other_production_data:/x]',
  'networks: [siskin-other-production]',
  'labels: { siskin.app: other }',
])('threat 33: refuses %s, naming file, line and key', (service) => {
  const key = service.split(':', 1)[0];
  const top =
    'volumes: { siskin_other_production_data: { external: true } }\nnetworks: { siskin-other-production: { external: true } }';
  expect(composeMistakes(composeYaml(service, '', top))).toEqual([
    expect.stringMatching(new RegExp(`^docker-compose\\.yml:6:\\d+ services\\.web\\.${key}`)),
  ]);
});

describe('a command line', () => {
  it.each([
    ['node server.js', ['node', 'server.js']],
    ['  a  b  ', ['a', 'b']],
    [`a 'b c' "d e"`, ['a', 'b c', 'd e']],
    [`--x='a b'c`, ['--x=a bc']],
    [`"a \\"b\\" \\n" \\ x`, ['a "b" \\n', ' x']],
    [`'a\\b' ""`, ['a\\b', '']],
    ['a; rm -rf $(x) | y', ['a;', 'rm', '-rf', '$(x)', '|', 'y']],
    ['', []],
  ])('%j', (line, words) => expect(splitCommand(line)).toEqual(words));

  it.each([`"a`, `'a`, 'a\\', `a "b\\"`])('%j is not closed', (line) =>
    expect(splitCommand(line)).toBeUndefined(),
  );
});
