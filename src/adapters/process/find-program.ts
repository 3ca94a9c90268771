import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/** Where programs are when nobody says otherwise; Debian keeps daemons in sbin, which few people's PATH has. */
export const standardSearchPath = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
];

/**
 * The absolute path of a program.
 * @param debianPackage named in the error
 * @throws SiskinError PROGRAM_MISSING
 */
export async function findProgram(
  name: string,
  debianPackage: string,
  searchPath: string[] = standardSearchPath,
): Promise<string> {
  const places = name.includes('/') ? [name] : searchPath.map((directory) => join(directory, name));
  for (const place of places) {
    if (await isExecutable(place)) return place;
  }
  throw new SiskinError(
    'PROGRAM_MISSING',
    `${name} is not installed; on Debian it is in the package ${debianPackage}.`,
  );
}

const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
