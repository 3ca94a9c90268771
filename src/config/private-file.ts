import { stat } from 'node:fs/promises';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import { isExposed, modeText } from '../domain/file-mode.ts';
import { readBoundedFile } from './bounded-file.ts';

const longestKey = 64 * 1024;

/**
 * Reads a file that holds a secret.
 * @throws SiskinError KEY_FILE_EXPOSED when other users may read it or the group may change it, CONFIG_UNREADABLE
 */
export async function readPrivateFile(path: string): Promise<string> {
  const { mode } = await statOf(path);
  if (isExposed(mode, 'group')) {
    throw new SiskinError(
      'KEY_FILE_EXPOSED',
      `${path} can be read or changed by others (mode ${modeText(mode)})`,
      {
        hint: `Run: chmod 600 ${path}. If others could read it, make a new key.`,
        location: { file: path },
      },
    );
  }
  return readBoundedFile(path, longestKey, 'CONFIG_UNREADABLE');
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const message = `${path} cannot be read: ${messageOf(error)}`;
    throw new SiskinError('CONFIG_UNREADABLE', message, { location: { file: path }, cause: error });
  }
}
