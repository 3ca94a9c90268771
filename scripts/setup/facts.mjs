import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { engineFacts } from './docker-engine.mjs';
import { executable } from './executable.mjs';
import { distState, modulesState } from './freshness.mjs';
import { nginxStream } from './nginx-stream.mjs';
import { tryRun } from './run.mjs';

export const root = join(import.meta.dirname, '..', '..');

const programs = [
  'git',
  'dockerd',
  'docker',
  'redis-server',
  'haproxy',
  'prometheus',
  'busybox',
  'apparmor_parser',
  'sshd',
  'openssl',
  'amtool',
  'prometheus-node-exporter',
  'prometheus-redis-exporter',
  'pg_ctlcluster',
  'nginx',
  'certbot',
  'pebble',
];

/** Looks at the machine and changes nothing. @returns the facts that plan.mjs decides on */
export async function gatherFacts() {
  const path = searchPath();
  const [privilege, engine, compose, stream, dockerCli] = await Promise.all([
    privilegeOf(),
    engineFacts(process.env),
    composeProgram(path),
    nginxStream(path),
    executable('docker', path) === null ? hasPackage('docker-cli') : false,
  ]);
  return {
    system: { ...systemFacts(), dockerCli },
    privilege,
    node: { version: process.versions.node, supported: nodeSupported(process.versions.node) },
    programs: {
      ...Object.fromEntries(programs.map((name) => [name, executable(name, path)])),
      'docker-compose': compose,
      'nginx-stream': stream,
    },
    appArmor: readText('/sys/module/apparmor/parameters/enabled').startsWith('Y'),
    systemd: existsSync('/run/systemd/system'),
    engine,
    modules: modulesState(root),
    dist: distState(root),
  };
}

/** Debian keeps daemons in sbin, which is not on a user's PATH. */
const searchPath = () => [
  ...(process.env.PATH ?? '').split(delimiter),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/bin',
  // where Debian keeps the server's own programs, of which tests make an image
  '/usr/lib/postgresql/15/bin',
];

async function composeProgram(path) {
  const standalone = executable('docker-compose', path);
  if (standalone !== null || executable('docker', path) === null) return standalone;
  const { code } = await tryRun('docker', ['compose', 'version'], { timeoutMs: 10_000 });
  return code === 0 ? 'docker compose' : null;
}

async function hasPackage(name) {
  if (executable('apt-cache', searchPath()) === null) return false;
  const { code, output } = await tryRun('apt-cache', ['policy', name], { timeoutMs: 20_000 });
  return code === 0 && /Candidate: [^(\s]/.test(output);
}

async function privilegeOf() {
  if (process.getuid?.() === 0) return 'root';
  const { code } = await tryRun('sudo', ['-n', 'true'], { timeoutMs: 5_000 });
  return code === 0 ? 'sudo' : 'none';
}

/** Debian and what descends from it and has apt; everything else is told what to install. */
export function systemFacts(platform = process.platform, osRelease = readText('/etc/os-release')) {
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(osRelease)?.[1] ?? '';
  const id = platform === 'linux' ? field('ID') : platform;
  const like = field('ID_LIKE').split(' ').filter(Boolean);
  return { id, like, linux: platform === 'linux', apt: ['debian', 'ubuntu'].includes(id) };
}

export function nodeSupported(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

function readText(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not this kind of system: the fact is "no"
  }
}
