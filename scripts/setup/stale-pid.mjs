import { readFileSync } from 'node:fs';
import { asRoot } from './run.mjs';

const pidFile = '/var/run/docker.pid';

/**
 * Whether the process of a pid file is a Docker engine that lives: dockerd refuses to start while the pid exists, also
 * when it is a zombie's, or another program has it by now.
 * @param stat text of /proc/PID/stat (proc_pid_stat(5)), null when there is no such process
 */
export function isLivingEngine(stat) {
  const [, name, state] = /^\d+ \((.*)\) (\S)/.exec(stat ?? '') ?? [];
  return name === 'dockerd' && state !== 'Z' && state !== 'X';
}

/** Takes a dead engine's pid file out of the way. */
export async function removeStalePid(facts) {
  const pid = readOrNull(pidFile)?.trim();
  if (pid === undefined || !/^\d+$/.test(pid)) return;
  if (!isLivingEngine(readOrNull(`/proc/${pid}/stat`))) await asRoot(facts, 'rm', ['-f', pidFile]);
}

function readOrNull(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null; // there is none
  }
}
