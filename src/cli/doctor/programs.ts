import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import type { Env } from '../../config/env.ts';
import { codeOf } from '../../domain/errors/code-of.ts';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

interface Program {
  name: string;
  versionArgs: string[];
  /** The oldest that is known to work, `major.minor`. */
  oldest: string;
}

const git: Program = { name: 'git', versionArgs: ['--version'], oldest: '2.30' };
const haproxy: Program = { name: 'haproxy', versionArgs: ['-v'], oldest: '2.6' };
const redis: Program = { name: 'redis-server', versionArgs: ['--version'], oldest: '6.2' };
const prometheus: Program = { name: 'prometheus', versionArgs: ['--version'], oldest: '2.30' };

/** 1.20 knows ssl_reject_handshake and certificates by variable. */
const nginx: Program = { name: 'nginx', versionArgs: ['-v'], oldest: '1.20' };

/** The programs that Siskin would start on this machine under this configuration. */
export async function checkPrograms(subject: Subject, env: Env): Promise<Finding[]> {
  const needed = [
    git,
    ...(subject.routerListen === null ? [] : [haproxy]),
    ...(subject.redis === null ? [redis] : []),
    ...(subject.prometheusUrl === null ? [prometheus] : []),
    ...(subject.config?.front ? [nginx] : []),
  ];
  const found = await Promise.all(needed.map((program) => checkProgram(program, env)));
  return [checkNode(process.versions.node), ...found];
}

function checkNode(version: string): Finding {
  if (isAtLeast(version, '20.19')) return ok('node', version);
  return fail('node', version, 'Install Node 20.19 or newer.');
}

async function checkProgram(program: Program, env: Env): Promise<Finding> {
  const run = promisify(execFile);
  // Debian keeps haproxy in sbin, which is not on every user's PATH.
  const path = [env.PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean).join(delimiter);
  try {
    const options = { timeout: 10_000, maxBuffer: 65_536, env: { PATH: path } };
    const { stdout, stderr } = await run(program.name, program.versionArgs, options);
    return judgeVersion(program, stdout + stderr);
  } catch (error) {
    const missing = codeOf(error) === 'ENOENT';
    const detail = missing ? 'not found on PATH' : 'does not run';
    return fail(
      program.name,
      detail,
      '`npm run setup` installs it on Debian; elsewhere use your package manager.',
    );
  }
}

/** @param output what the program prints about its version */
export function judgeVersion({ name, oldest }: Pick<Program, 'name' | 'oldest'>, output: string): Finding {
  const version = /(\d+\.\d+(\.\d+)?)/.exec(output)?.[1];
  if (version === undefined)
    return warn(name, 'says no version', `Siskin is known to work with ${oldest} or newer.`);
  if (isAtLeast(version, oldest)) return ok(name, version);
  return fail(name, version, `Install ${oldest} or newer.`);
}

function isAtLeast(version: string, oldest: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldest.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
}
