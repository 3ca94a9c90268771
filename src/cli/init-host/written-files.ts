import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { type RenderedFile, textOf } from '../../adapters/host/write-folder.ts';

/** What `siskin init host` wrote into a folder, by path: SHA-256 of the text. By it a later one knows what nobody has changed. */
export type WrittenFiles = ReadonlyMap<string, string>;

const name = '.siskin-files.json';
const schema = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));

/** @returns none where the record is missing or no record: then every file that differs counts as changed */
export async function readWrittenFiles(folder: string): Promise<WrittenFiles> {
  const text = await textOf(join(folder, name));
  return new Map(Object.entries(schema.safeParse(json(text)).data ?? {}));
}

/** The record after these files have been placed. @param kept paths of those that stay as they are: they stay what they were recorded as */
export function writtenRecord(
  files: readonly RenderedFile[],
  kept: ReadonlySet<string>,
  before: WrittenFiles,
): RenderedFile {
  const entries = files.flatMap(({ path, text }): [string, string][] => {
    const digest = kept.has(path) ? before.get(path) : digestOf(text);
    return digest === undefined ? [] : [[path, digest]];
  });
  return { path: name, mode: 0o600, text: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n` };
}

/** SHA-256, in hexadecimal digits. */
export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function json(text: string | null): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined; // no record, like anything else that is none
  }
}
