import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { codeOf } from '../../domain/errors/code-of.ts';

const heartbeatMs = 3_000;
/** A lock that was not touched for so long belongs to a process that died on another host or in another container. */
const staleAfterMs = 15_000;
const pollMs = 100;

const ownerSchema = z.object({ host: z.string(), pid: z.number(), token: z.string() });
type Owner = z.infer<typeof ownerSchema>;

const heldHere = new Set<string>();

/**
 * Runs the work while no other process, nor another caller in this one, does so for the same path.
 * A lock left by a killed process is taken over: at once when it ran on this host, else when its heartbeat has stopped.
 * @param path of the lock file; its folder must exist
 * @throws the signal's reason when aborted while waiting
 */
export async function withMirrorLock<T>(
  path: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const token = randomUUID();
  heldHere.add(token);
  try {
    while (!(await take(path, token))) {
      if (await isStale(path)) await rename(path, `${path}.${token}`).catch(ignoreGone);
      else await sleep(pollMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    return await workWithHeartbeat(path, token, work);
  } finally {
    heldHere.delete(token);
    await rm(`${path}.${token}`, { force: true });
  }
}

async function workWithHeartbeat<T>(path: string, token: string, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => {
    // a lock that was taken over meanwhile is not ours to touch; git's own locks keep the mirror whole
    utimes(path, new Date(), new Date()).catch(() => clearInterval(beat));
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await ownerOf(path))?.token === token) await rm(path, { force: true });
  }
}

async function take(path: string, token: string): Promise<boolean> {
  const owner: Owner = { host: hostname(), pid: process.pid, token };
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function isStale(path: string): Promise<boolean> {
  const touched = await stat(path).catch(ignoreGone);
  if (!touched) return false;
  const owner = await ownerOf(path);
  if (owner && owner.host === hostname() && !isAlive(owner)) return true;
  return Date.now() - touched.mtimeMs > staleAfterMs;
}

function isAlive({ pid, token }: Owner): boolean {
  if (pid === process.pid) return heldHere.has(token);
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
}

/** undefined when it is gone, or was not written to its end. */
async function ownerOf(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(ignoreGone);
  try {
    return text ? ownerSchema.parse(JSON.parse(text)) : undefined;
  } catch {
    // torn by a kill: only its age tells whether it is stale
    return undefined;
  }
}

function ignoreGone(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
}
