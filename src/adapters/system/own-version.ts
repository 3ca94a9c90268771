import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';

/** Siskin's own version: of the package.json above this file, in a checkout and in a package. */
export async function ownVersion(): Promise<string> {
  return z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(packageFile(import.meta.dirname), 'utf8'))).version;
}

function packageFile(from: string): string {
  const here = join(from, 'package.json');
  return existsSync(here) || from === dirname(from) ? here : packageFile(dirname(from));
}
