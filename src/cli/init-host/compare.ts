import { join } from 'node:path';
import { isEmptyFolder, type RenderedFile, textOf } from '../../adapters/host/write-folder.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { digestOf, type WrittenFiles } from './written-files.ts';

/**
 * Where a file goes: to its place, where none is or an older one that nobody changed; nowhere, for it is there; beside one that
 * somebody changed, as `PATH.new`.
 */
export interface Placed {
  path: string;
  place: 'new' | 'updated' | 'same' | 'beside';
  /** First lines that differ, for `beside`: 1-based. */
  differsAt: number | null;
}

/** @throws SiskinError HOST_FOLDER_NOT_EMPTY without `force` */
export async function compareWithFolder(
  folder: string,
  files: readonly RenderedFile[],
  { force, written }: { force: boolean; written: WrittenFiles },
): Promise<Placed[]> {
  if (!force && !(await isEmptyFolder(folder)))
    throw new SiskinError('HOST_FOLDER_NOT_EMPTY', `${folder} is not empty; nothing was written.`);
  return Promise.all(
    files.map(async ({ path, text }): Promise<Placed> => {
      const before = await textOf(join(folder, path));
      if (before === null) return { path, place: 'new', differsAt: null };
      if (before === text) return { path, place: 'same', differsAt: null };
      if (digestOf(before) === written.get(path)) return { path, place: 'updated', differsAt: null };
      return { path, place: 'beside', differsAt: firstDifference(before, text) };
    }),
  );
}

function firstDifference(before: string, after: string): number {
  const lines = after.split('\n');
  return before.split('\n').findIndex((line, index) => line !== lines[index]) + 1 || lines.length;
}
