import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** Where a program is. @param path folders to look in, in order @returns its path, or null */
export function executable(name, path) {
  for (const folder of path.filter(Boolean)) {
    const candidate = join(folder, name);
    try {
      accessSync(candidate, constants.X_OK);
      if (statSync(candidate).isFile()) return candidate;
    } catch {
      // not here: look in the next folder
    }
  }
  return null;
}
