import type { ContextEntry } from './context-entries.ts';
import type { ContextBudget } from './context-listing.ts';
import { readSmall } from './small-files.ts';
import { show } from './tree.ts';

/** What stands in the commit instead of a large file. */
export interface LfsPointer {
  /** SHA-256 of the content, 64 hex digits. */
  oid: string;
  /** Bytes. */
  size: number;
}

/** Makes objects of a repository's LFS server readable. @returns paths of files by oid @throws SiskinError LFS_UNAVAILABLE */
export type FetchObjects = (
  address: string,
  pointers: readonly LfsPointer[],
) => Promise<ReadonlyMap<string, string>>;

/** The shortest and the longest that git-lfs writes or reads (its docs/spec.md). */
const shortest = 100;
const longest = 1024;

/** @returns undefined for a text that is no pointer */
export function parsePointer(text: string): LfsPointer | undefined {
  if (!text.startsWith('version https://git-lfs.github.com/spec/v1\n')) return undefined;
  const oid = /^oid sha256:([0-9a-f]{64})$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})$/m.exec(text)?.[1];
  return oid === undefined || size === undefined ? undefined : { oid, size: Number(size) };
}

/**
 * Lets the files that are pointers have the content that they stand for; without `fetchObjects` says which they are.
 * @throws SiskinError CONTEXT_REFUSED when it becomes too large, LFS_UNAVAILABLE
 */
export async function replacePointers(
  entries: ContextEntry[],
  budget: ContextBudget,
  { fetchObjects, note }: { fetchObjects: FetchObjects | null; note: (line: string) => void },
): Promise<void> {
  const candidates = entries.filter(
    ({ kind, size }) => (kind === 'file' || kind === 'executable') && size >= shortest && size <= longest,
  );
  const found: { entry: ContextEntry; pointer: LfsPointer }[] = [];
  for await (const { entry, text } of readSmall(candidates)) {
    const pointer = parsePointer(text);
    if (pointer) found.push({ entry, pointer });
  }
  if (found.length === 0) return;
  if (fetchObjects === null) {
    note(
      leftOutWords(
        'Git LFS file',
        found.map(({ entry }) => entry.path),
        'lfs',
      ),
    );
    return;
  }
  for (const { pointer } of found) budget.addBytes(pointer.size);
  for (const address of new Set(found.map(({ entry }) => entry.from.address))) {
    const own = found.filter(({ entry }) => entry.from.address === address);
    const files = await fetchObjects(
      address,
      own.map(({ pointer }) => pointer),
    );
    for (const { entry, pointer } of own) {
      const file = files.get(pointer.oid);
      if (file !== undefined) Object.assign(entry, { file, size: pointer.size });
    }
  }
}

const mostNamed = 5;

/** `the content of 3 Git LFS files is missing in the build context (a, b, c): git.lfs is not set in siskin.yaml` */
export function leftOutWords(what: string, paths: readonly string[], key: string): string {
  const named = paths.slice(0, mostNamed).map(show).join(', ');
  const more = paths.length > mostNamed ? ', …' : '';
  const count = `${paths.length} ${what}${paths.length === 1 ? '' : 's'}`;
  return `the content of ${count} is missing in the build context (${named}${more}): git.${key} is not set in siskin.yaml`;
}
