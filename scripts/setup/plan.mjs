import { howToInstall, systemNames } from './how-to-install.mjs';

/** Images that apps and Siskin's own tests build on, and the argument of make-image.mjs that makes each. */
export const baseImages = [
  { kind: 'node', image: 'node:20-bookworm-slim' },
  { kind: 'busybox', image: 'busybox:1.36' },
];

/** The apt package behind each program, in the order they are reported. */
const aptPackages = {
  git: 'git',
  dockerd: 'docker.io',
  docker: 'docker.io',
  'redis-server': 'redis-server',
  haproxy: 'haproxy',
  prometheus: 'prometheus',
  busybox: 'busybox-static',
  'docker-compose': 'docker-compose',
  sshd: 'openssh-server',
  openssl: 'openssl',
  amtool: 'prometheus-alertmanager',
  'prometheus-node-exporter': 'prometheus-node-exporter',
  'prometheus-redis-exporter': 'prometheus-redis-exporter',
  pg_ctlcluster: 'postgresql',
  nginx: 'nginx',
  'nginx-stream': 'libnginx-mod-stream',
  certbot: 'certbot',
  pebble: 'pebble',
  apparmor_parser: 'apparmor',
};

/** What `npm test` needs besides. */
const testPrograms = [
  'docker-compose',
  'sshd',
  'openssl',
  'nginx',
  'nginx-stream',
  'certbot',
  'pebble',
  'amtool',
  'prometheus-node-exporter',
  'prometheus-redis-exporter',
  'pg_ctlcluster',
];

/**
 * What to do on a machine, from what was found there. Pure: decides, does nothing.
 * @returns `found`: what is there, `actions`: what to do in this order, `problems`: what only a person can do
 *   (then nothing at all is to be done)
 */
export function plan(facts, options) {
  const needed = neededPrograms(facts, options);
  const missing = needed.filter((name) => facts.programs[name] === null);
  const steps = [
    programsStep(facts, missing),
    engineStep(facts),
    modulesStep(facts),
    ...baseImages.map((wanted) => imageStep(facts, wanted)),
    buildStep(facts, options),
  ];
  return {
    found: [
      ...needed
        .filter((name) => !missing.includes(name))
        .map((name) => ({ what: name, detail: facts.programs[name] })),
      ...steps.flatMap((step) => step.found ?? []),
    ],
    actions: steps.flatMap((step) => step.action ?? []),
    problems: [...nodeProblems(facts), ...steps.flatMap((step) => step.problem ?? [])],
  };
}

function neededPrograms(facts, options) {
  const engineElsewhere = facts.engine.answers && facts.programs.dockerd === null;
  return [
    'git',
    ...(engineElsewhere ? [] : ['dockerd']),
    'docker',
    'redis-server',
    'haproxy',
    'prometheus',
    ...(facts.engine.images.busybox ? [] : ['busybox']),
    ...(options.tests ? testPrograms : []),
    ...(facts.appArmor && !engineElsewhere ? ['apparmor_parser'] : []),
  ];
}

function programsStep(facts, missing) {
  if (missing.length === 0) return {};
  const packages = [...new Set(missing.map((name) => aptPackage(facts, name)))];
  if (!facts.system.apt) {
    return {
      problem: {
        what: `missing: ${missing.join(', ')}`,
        remedy: howToInstall(facts.system, packages, missing),
      },
    };
  }
  if (facts.privilege === 'none') {
    return {
      problem: {
        what: `missing: ${missing.join(', ')}, and neither root nor passwordless sudo to install them`,
        remedy: `sudo apt-get update && sudo apt-get install --no-install-recommends ${packages.join(' ')}`,
      },
    };
  }
  return { action: { kind: 'install', packages } };
}

/** From Debian 13 on the client is a package of its own. */
const aptPackage = (facts, name) =>
  name === 'docker' && facts.system.dockerCli ? 'docker-cli' : aptPackages[name];

function engineStep({ engine, privilege, system, systemd }) {
  if (engine.answers)
    return { found: { what: 'docker engine', detail: `${engine.version} at ${engine.address}` } };
  if (engine.forbidden) {
    return {
      problem: {
        what: `the Docker engine at ${engine.address} runs, but this user may not use it`,
        remedy: 'sudo usermod -aG docker "$USER", then log in again (or run this as root)',
      },
    };
  }
  if (engine.fromEnvironment) {
    return {
      problem: {
        what: `no Docker engine answers at ${engine.address} (DOCKER_HOST)`,
        remedy: 'start that engine, or unset DOCKER_HOST to let this script start one',
      },
    };
  }
  if (!system.linux || privilege === 'none') {
    return {
      problem: {
        what: `no Docker engine answers at ${engine.address}`,
        remedy: system.linux
          ? 'sudo systemctl start docker (or run this as root)'
          : 'start Docker Desktop or colima',
      },
    };
  }
  return { action: { kind: 'start-engine', by: systemd ? ['systemd', 'dockerd'] : ['dockerd'] } };
}

function modulesStep({ modules }) {
  if (modules === 'match') return { found: { what: 'node_modules', detail: 'match package-lock.json' } };
  return { action: { kind: 'npm-ci', why: modules } };
}

function imageStep({ engine }, { kind, image }) {
  if (engine.images[kind]) return { found: { what: image, detail: 'base image' } };
  return { action: { kind: 'base-image', of: kind, image } };
}

function buildStep({ dist }, options) {
  if (options.noBuild) return {};
  if (dist === 'fresh') return { found: { what: 'dist', detail: 'newer than the sources' } };
  return { action: { kind: 'build', why: dist } };
}

function nodeProblems({ node, system }) {
  if (node.supported) return [];
  return [
    {
      what: `Node ${node.version} is too old: Siskin needs 20.19 or newer`,
      remedy: `install it from ${systemNames.node}${system.apt ? ' (or your distribution’s backports)' : ''}`,
    },
  ];
}
