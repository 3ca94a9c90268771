import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { isExposed } from '../../domain/file-mode.ts';

/** A Unix socket's path has at most 107 bytes (unix(7)); HAProxy binds under a longer name first (`.<pid>.tmp`). */
const maxDirectoryBytes = 107 - '/haproxy-master.sock.1234567.tmp'.length;

/**
 * A directory for sockets that only this user may enter: `<dataDir>/run`, or, where that path is too long, one below the
 * system's temporary directory, always the same for the same dataDir.
 */
export async function socketDirectory(dataDir: string): Promise<string> {
  const near = join(resolve(dataDir), 'run');
  if (Buffer.byteLength(near) <= maxDirectoryBytes) {
    await mkdir(near, { recursive: true, mode: 0o700 });
    await chmod(near, 0o700);
    return near;
  }
  const hash = createHash('sha256').update(near).digest('hex').slice(0, 16);
  const far = join(tmpdir(), `siskin-${hash}`);
  await mkdir(far, { recursive: true, mode: 0o700 });
  await assertPrivate(far);
  return far;
}

/** Anybody may have made it before us in a shared directory. */
async function assertPrivate(path: string): Promise<void> {
  const found = await lstat(path);
  const ours = found.uid === process.getuid?.() && !isExposed(found.mode, 'owner');
  if (!found.isDirectory() || !ours) {
    throw new SiskinError('PROGRAM_NOT_READY', `${path} belongs to somebody else; remove it.`);
  }
}
