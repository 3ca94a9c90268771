import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { defaultSocket, engineAnswers } from './docker-engine.mjs';
import { asRoot, lastLines } from './run.mjs';
import { removeStalePid } from './stale-pid.mjs';

const patienceMs = 60_000;
const pollMs = 100;

const starters = { systemd: startBySystemd, dockerd: startByHand };

/**
 * Starts a Docker engine: each way in turn until one answers.
 * @param ways 'systemd' | 'dockerd' @returns verb and detail for the report @throws Error with the log's last lines
 */
export async function startEngine(ways, facts) {
  const failures = [];
  for (const way of ways) {
    try {
      const detail = await starters[way](facts);
      await letUserIn(facts);
      return ['started', detail];
    } catch (error) {
      failures.push(`${way}: ${error.message}`);
    }
  }
  throw new Error(`the Docker engine does not start.\n${failures.join('\n')}`);
}

async function startBySystemd(facts) {
  await asRoot(facts, 'systemctl', ['start', 'docker'], { timeoutMs: patienceMs });
  await untilAnswers(facts, () => null);
  return 'systemctl start docker';
}

/** The containerd of an engine that was killed a moment ago needs a moment to be gone. */
const settleMs = 3_000;

async function startByHand(facts) {
  try {
    return await launchByHand(facts);
  } catch {
    await sleep(settleMs);
    return launchByHand(facts); // what fails again is reported
  }
}

/** dockerd detached from this process; it stays for the next run. */
async function launchByHand(facts) {
  await removeStalePid(facts);
  const log = join(mkdtempSync(join(tmpdir(), 'siskin-dockerd-')), 'dockerd.log');
  const file = openSync(log, 'a', 0o600);
  const [command, args] = facts.privilege === 'sudo' ? ['sudo', ['-n', 'dockerd']] : [dockerd(facts), []];
  const child = spawn(command, args, { detached: true, stdio: ['ignore', file, file] });
  let ended = null;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = `dockerd ended (${code ?? signal})`;
  });
  child.unref();
  try {
    await untilAnswers(facts, () => ended);
  } catch (error) {
    throw new Error(`${error.message}; last lines of ${log}:\n${lastLines(readFileSync(log, 'utf8'), 15)}`);
  }
  return `dockerd, log in ${log}`;
}

/** It may have been installed a moment ago, after the facts were gathered. */
const dockerd = (facts) => facts.programs.dockerd ?? '/usr/sbin/dockerd';

async function untilAnswers(facts, ended) {
  const end = performance.now() + patienceMs;
  while (performance.now() < end) {
    if (await answersRoot(facts)) return;
    const why = ended();
    if (why !== null) throw new Error(why);
    await sleep(pollMs);
  }
  throw new Error(`no answer at ${defaultSocket} within ${patienceMs / 1000} s`);
}

/** Under sudo the socket is not ours yet: let ourselves in as soon as it exists, then ask. */
async function answersRoot(facts) {
  if (await engineAnswers()) return true;
  await letUserIn(facts).catch(() => {}); // no socket yet: the next round tries again
  return engineAnswers();
}

/** An engine that this script started for a sudo user: the user owns the socket until the next login brings the group. */
async function letUserIn(facts) {
  if (facts.privilege === 'sudo') await asRoot(facts, 'chown', [String(process.getuid()), defaultSocket]);
}
