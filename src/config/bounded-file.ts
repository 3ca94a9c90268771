import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ErrorCode } from '../domain/errors/catalogue.ts';
import { codeOf } from '../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';

/**
 * Reads a regular file of at most `maxBytes` as UTF-8.
 * @param missing the error's code when there is no such file
 * @throws SiskinError `missing` or CONFIG_UNREADABLE
 */
export async function readBoundedFile(path: string, maxBytes: number, missing: ErrorCode): Promise<string> {
  try {
    // without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unreadable(path, 'is not a regular file');
      if (stat.size > maxBytes) throw unreadable(path, `is larger than ${maxBytes / 1024} KB`);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(maxBytes + 1), 0, maxBytes + 1, 0);
      if (bytesRead > maxBytes) throw unreadable(path, `is larger than ${maxBytes / 1024} KB`);
      return decode(buffer.subarray(0, bytesRead), path);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof SiskinError) throw error;
    const location = { location: { file: path }, cause: error };
    if (isMissing(error)) throw new SiskinError(missing, `${path} does not exist`, location);
    throw new SiskinError('CONFIG_UNREADABLE', `${path} cannot be read: ${messageOf(error)}`, location);
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(path, 'is not UTF-8 text');
  }
}

const unreadable = (path: string, what: string): SiskinError =>
  new SiskinError('CONFIG_UNREADABLE', `${path} ${what}`, { location: { file: path } });

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
