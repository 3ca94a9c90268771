import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { RouterState } from './router-config.ts';

/** What stands beside haproxy.cfg: the state it was rendered from, and the structure HAProxy is known to have loaded. */
export interface RememberedState extends RouterState {
  loaded: string | null;
}

const server = z.object({
  name: z.string(),
  address: z.string(),
  port: z.number(),
  weight: z.number(),
  state: z.enum(['ready', 'drain', 'maintenance']),
});
const rememberedState = z.object({
  routes: z.array(z.object({ backend: z.string(), host: z.string(), path: z.string() })),
  servers: z.record(z.string(), z.array(server)),
  loaded: z.string().nullable(),
});

/** @returns null when there is none or it is not one: then what HAProxy says is the truth */
export async function readState(path: string): Promise<RememberedState | null> {
  const text = await readFileIfThere(path);
  if (text === null) return null;
  try {
    return rememberedState.parse(JSON.parse(text));
  } catch {
    // Nobody but Siskin writes it, whole; a damaged one tells nothing that can be trusted.
    return null;
  }
}

/** @returns null when there is no such file */
export async function readFileIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw unwritable(path, error);
  }
}

/**
 * Replaces the file whole: a crash or a full disk leaves the old one.
 * @param approve sees the new file's path before it takes the old one's place; when it throws, nothing changed
 * @throws SiskinError ROUTER_FILE_UNWRITABLE, and whatever `approve` throws
 */
export async function replaceFile(
  path: string,
  text: string,
  approve?: (candidate: string) => Promise<void>,
): Promise<void> {
  const candidate = `${path}.candidate`;
  try {
    await writeDurably(candidate, text);
    await approve?.(candidate);
    await rename(candidate, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(candidate, { force: true });
    throw error instanceof SiskinError ? error : unwritable(path, error);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o640);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const unwritable = (path: string, cause: unknown): SiskinError =>
  new SiskinError('ROUTER_FILE_UNWRITABLE', `${path} cannot be written: ${messageOf(cause)}.`, { cause });
