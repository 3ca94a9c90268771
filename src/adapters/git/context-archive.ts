import { once } from 'node:events';
import { posix } from 'node:path';
import { type Pack, pack } from 'tar-stream';
import { ContextContents } from './context-contents.ts';
import type { ContextEntry } from './context-entries.ts';

/**
 * Packs entries into a tar stream while it is read; nobody reads, nothing is fetched from git.
 * @param targets of the symbolic links, by path
 * @param mtime of every entry: the commit's time, so that the same commit always gives the same archive
 */
export function packContext(
  entries: ContextEntry[],
  targets: ReadonlyMap<string, string>,
  mtime: Date,
): Pack {
  const archive = pack();
  // whoever reads it gets the error from the read; when nobody reads any more there is nobody to tell
  archive.on('error', () => undefined);
  fill(archive, entries, targets, mtime).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return archive;
}

async function fill(
  archive: Pack,
  entries: ContextEntry[],
  targets: ReadonlyMap<string, string>,
  mtime: Date,
): Promise<void> {
  const contents = new ContextContents(entries);
  const folders = new Set<string>();
  try {
    for (const entry of entries) {
      if (archive.destroyed) return;
      addFolders(archive, folders, entry.path, mtime);
      const linkname = targets.get(entry.path);
      if (linkname !== undefined) {
        archive.entry({ name: entry.path, type: 'symlink', linkname, mtime, mode: 0o777 });
        continue;
      }
      await addFile(archive, entry, await contents.next(entry), mtime);
    }
  } finally {
    await contents.close();
  }
}

function addFolders(archive: Pack, known: Set<string>, path: string, mtime: Date): void {
  const folder = posix.dirname(path);
  if (folder === '.' || known.has(folder)) return;
  addFolders(archive, known, folder, mtime);
  known.add(folder);
  archive.entry({ name: `${folder}/`, type: 'directory', mode: 0o755, mtime });
}

/** Waits until the file has gone into the archive, so that no more than one is held in memory. */
async function addFile(
  archive: Pack,
  entry: ContextEntry,
  content: AsyncIterable<Buffer>,
  mtime: Date,
): Promise<void> {
  const header = {
    name: entry.path,
    size: entry.size,
    mode: entry.kind === 'executable' ? 0o755 : 0o644,
    mtime,
  };
  let settle: (error?: Error | null) => void = () => undefined;
  const written = new Promise<void>((resolve, reject) => {
    settle = (error) => (error ? reject(error) : resolve());
  });
  // it is awaited below; until then a failure must not count as unhandled
  written.catch(() => undefined);
  const sink = archive.entry(header, settle);
  // `written` tells it
  sink.on('error', () => undefined);
  for await (const chunk of content)
    if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), written]);
  sink.end(undefined);
  await written;
}
