import { once } from 'node:events';
import { posix } from 'node:path';
import { type Pack, pack } from 'tar-stream';
import { type Blob, readBlobs } from './blobs.ts';
import type { GitCall } from './git-runner.ts';
import type { TreeEntry } from './tree.ts';

/**
 * Packs entries into a tar stream while it is read; nobody reads, nothing is fetched from git.
 * @param targets of the symbolic links, by path
 * @param mtime of every entry: the commit's time, so that the same commit always gives the same archive
 */
export function packContext(
  call: GitCall,
  entries: TreeEntry[],
  targets: ReadonlyMap<string, string>,
  mtime: Date,
): Pack {
  const archive = pack();
  // whoever reads it gets the error from the read; when nobody reads any more there is nobody to tell
  archive.on('error', () => undefined);
  fill(archive, call, entries, targets, mtime).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  return archive;
}

async function fill(
  archive: Pack,
  call: GitCall,
  entries: TreeEntry[],
  targets: ReadonlyMap<string, string>,
  mtime: Date,
): Promise<void> {
  const files = entries.filter((entry) => entry.kind !== 'symlink');
  const blobs = readBlobs(
    call,
    files.map((file) => file.oid),
  );
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
      const { value: blob } = await blobs.next();
      if (!blob || blob.size !== entry.size) throw new Error(`git gave another size for ${entry.path}`);
      await addFile(archive, entry, blob, mtime);
    }
  } finally {
    await blobs.return(undefined);
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
async function addFile(archive: Pack, entry: TreeEntry, blob: Blob, mtime: Date): Promise<void> {
  const header = {
    name: entry.path,
    size: blob.size,
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
  for await (const chunk of blob.content)
    if (!sink.write(chunk)) await Promise.race([once(sink, 'drain'), written]);
  sink.end(undefined);
  await written;
}
