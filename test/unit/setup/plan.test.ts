import { describe, expect, it } from 'vitest';
import { plan, type SetupFacts } from '../../../scripts/setup/plan.mjs';

const programs = {
  git: '/usr/bin/git',
  dockerd: '/usr/sbin/dockerd',
  docker: '/usr/bin/docker',
  'redis-server': '/usr/bin/redis-server',
  haproxy: '/usr/sbin/haproxy',
  prometheus: '/usr/bin/prometheus',
  busybox: '/bin/busybox',
  'docker-compose': '/usr/bin/docker-compose',
  sshd: '/usr/sbin/sshd',
  openssl: '/usr/bin/openssl',
  amtool: '/usr/bin/amtool',
  'prometheus-node-exporter': '/usr/bin/prometheus-node-exporter',
  'prometheus-redis-exporter': '/usr/bin/prometheus-redis-exporter',
  pg_ctlcluster: '/usr/bin/pg_ctlcluster',
  nginx: '/usr/sbin/nginx',
  'nginx-stream': '/usr/lib/nginx/modules/ngx_stream_module.so',
  certbot: '/usr/bin/certbot',
  pebble: '/usr/bin/pebble',
  apparmor_parser: null,
};
const nothingInstalled = Object.fromEntries(Object.keys(programs).map((name) => [name, null]));

const engineUp = {
  address: 'unix:///var/run/docker.sock',
  fromEnvironment: false,
  answers: true,
  forbidden: false,
  version: '20.10.24',
  images: { node: true, busybox: true },
};
const engineDown = { ...engineUp, answers: false, version: null, images: { node: false, busybox: false } };
const debian = { id: 'debian', like: [], linux: true, apt: true, dockerCli: false };

const ready: SetupFacts = {
  system: debian,
  privilege: 'root',
  node: { version: '20.20.2', supported: true },
  programs,
  appArmor: false,
  systemd: false,
  engine: engineUp,
  modules: 'match',
  dist: 'fresh',
};
const fresh: SetupFacts = {
  ...ready,
  programs: { ...nothingInstalled, git: '/usr/bin/git' },
  engine: engineDown,
  modules: 'missing',
  dist: 'missing',
};
const forDemo = { tests: false, noBuild: false };

describe('the set-up plan', () => {
  it('does nothing where everything is there', () => {
    const { actions, problems, found } = plan(ready, forDemo);
    expect({ actions, problems }).toEqual({ actions: [], problems: [] });
    expect(found.map(({ what }) => what)).toContain('docker engine');
  });

  it('does everything, in an order that works, on a fresh Debian with root', () => {
    const { actions, problems } = plan(fresh, forDemo);
    expect(problems).toEqual([]);
    expect(actions).toEqual([
      { kind: 'install', packages: ['docker.io', 'redis-server', 'haproxy', 'prometheus', 'busybox-static'] },
      { kind: 'start-engine', by: ['dockerd'] },
      { kind: 'npm-ci', why: 'missing' },
      { kind: 'base-image', of: 'node', image: 'node:20-bookworm-slim' },
      { kind: 'base-image', of: 'busybox', image: 'busybox:1.36' },
      { kind: 'build', why: 'missing' },
    ]);
  });

  it('tries systemd first where it runs, dockerd by hand after it', () => {
    const { actions } = plan({ ...ready, systemd: true, engine: engineDown }, forDemo);
    expect(actions[0]).toEqual({ kind: 'start-engine', by: ['systemd', 'dockerd'] });
  });

  it('installs what only the tests need for the tests alone', () => {
    const without = { ...ready, programs: { ...programs, 'docker-compose': null } };
    expect(plan(without, forDemo).actions).toEqual([]);
    expect(plan(without, { ...forDemo, tests: true }).actions).toEqual([
      { kind: 'install', packages: ['docker-compose'] },
    ]);
  });

  it('installs the Docker client as its own package where the distribution split it off', () => {
    const split = {
      ...ready,
      system: { ...debian, dockerCli: true },
      programs: { ...programs, docker: null },
    };
    expect(plan(split, forDemo).actions).toEqual([{ kind: 'install', packages: ['docker-cli'] }]);
  });

  it('installs AppArmor’s parser where the kernel enforces it, for dockerd fails without', () => {
    expect(plan({ ...ready, appArmor: true }, forDemo).actions).toEqual([
      { kind: 'install', packages: ['apparmor'] },
    ]);
  });

  it('needs no dockerd of its own beside an engine that answers', () => {
    const remote = { ...ready, programs: { ...programs, dockerd: null } };
    expect(plan(remote, forDemo)).toMatchObject({ actions: [], problems: [] });
  });
});

describe('the set-up plan where a person must act', () => {
  it('says the apt-get line without root, and that is all it says about programs', () => {
    const { problems } = plan({ ...fresh, privilege: 'none' }, forDemo);
    expect(problems[0]?.what).toContain('redis-server');
    expect(problems[0]?.remedy).toBe(
      'sudo apt-get update && sudo apt-get install --no-install-recommends docker.io redis-server haproxy prometheus busybox-static',
    );
    expect(problems[1]?.what).toContain('no Docker engine answers');
  });

  it('names another system’s packages', () => {
    const fedora = { id: 'fedora', like: [], linux: true, apt: false, dockerCli: false };
    const { problems } = plan({ ...fresh, system: fedora }, forDemo);
    expect(problems[0]?.remedy).toBe('sudo dnf install moby-engine redis haproxy prometheus busybox');
  });

  it('names the programs where it knows no package manager', () => {
    const other = { id: 'plan9', like: [], linux: false, apt: false, dockerCli: false };
    const { problems } = plan({ ...ready, system: other, programs: { ...programs, haproxy: null } }, forDemo);
    expect(problems).toEqual([
      {
        what: 'missing: haproxy',
        remedy: 'install them with your package manager; on PATH must be: haproxy',
      },
    ]);
  });

  it('goes on without root when only node_modules, images and dist are missing', () => {
    const { actions, problems } = plan(
      { ...ready, privilege: 'none', modules: 'stale', dist: 'stale' },
      forDemo,
    );
    expect(problems).toEqual([]);
    expect(actions.map(({ kind }) => kind)).toEqual(['npm-ci', 'build']);
  });

  it('does not touch an engine that runs but refuses this user', () => {
    const { problems, actions } = plan({ ...ready, engine: { ...engineDown, forbidden: true } }, forDemo);
    expect(problems[0]?.remedy).toContain('usermod -aG docker');
    expect(actions.some(({ kind }) => kind === 'start-engine')).toBe(false);
  });

  it('starts no engine of its own when DOCKER_HOST names one', () => {
    const { problems } = plan({ ...ready, engine: { ...engineDown, fromEnvironment: true } }, forDemo);
    expect(problems[0]?.what).toContain('DOCKER_HOST');
  });

  it('refuses a Node that is too old', () => {
    const { problems } = plan({ ...ready, node: { version: '18.19.0', supported: false } }, forDemo);
    expect(problems[0]?.what).toContain('18.19.0');
  });
});
