import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { asRoot } from './run.mjs';

const policy = '/usr/sbin/policy-rc.d';
const apt = ['-o', 'DPkg::Lock::Timeout=180', '-o', 'Acquire::Retries=3'];
const timeoutMs = 20 * 60_000;

/**
 * Installs Debian packages without starting the services they bring, and without leaving those services to start
 * at the next boot (Siskin starts its own children; only the Docker engine stays enabled).
 * @returns the detail for the report
 */
export async function installPackages(packages, facts) {
  await withoutServiceStarts(facts, async () => {
    await aptGet(facts, ['update', '-qq']);
    await aptGet(facts, ['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  });
  await disableAtBoot(packages, facts);
  if (facts.privilege === 'sudo' && packages.includes('docker.io')) {
    await asRoot(facts, 'usermod', ['-aG', 'docker', userName()]);
  }
  return packages.join(' ');
}

const aptGet = (facts, args) =>
  asRoot(facts, 'env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...apt, ...args], { timeoutMs });

/** A policy-rc.d of one's own says no to every start; one that is there already is the machine's and stays. */
async function withoutServiceStarts(facts, install) {
  if (existsSync(policy)) return install();
  const folder = mkdtempSync(join(tmpdir(), 'siskin-setup-'));
  const draft = join(folder, 'policy-rc.d');
  writeFileSync(draft, '#!/bin/sh\n# made by siskin setup for one apt-get install\nexit 101\n');
  // Ctrl-C reaches apt-get too; its failure then leads through `finally` below.
  const stay = () => {};
  process.on('SIGINT', stay).on('SIGTERM', stay);
  try {
    await asRoot(facts, 'install', ['-m', '755', draft, policy]);
    await install();
  } finally {
    await asRoot(facts, 'rm', ['-f', policy]);
    rmSync(folder, { recursive: true, force: true });
    process.off('SIGINT', stay).off('SIGTERM', stay);
  }
}

const serviceOf = /^(redis-server|haproxy|nginx|prometheus(-alertmanager|-node-exporter|-redis-exporter)?)$/;

async function disableAtBoot(packages, facts) {
  const services = packages.filter((name) => serviceOf.test(name));
  if (!facts.systemd || services.length === 0) return;
  await asRoot(facts, 'systemctl', ['disable', '--quiet', ...services]);
}

const userName = () => process.env.USER ?? process.env.LOGNAME ?? String(process.getuid?.());
