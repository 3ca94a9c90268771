import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const schema = z.object({ name: z.literal('siskin'), version: z.string() });

/** The version of this Siskin; `unknown` where its package.json is not beside it. */
export function siskinVersion(): string {
  // from the sources it is three folders up, from dist four, from a bundle of the tests elsewhere
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = schema.safeParse(readJson(join(folder, 'package.json')));
    if (found.success) return found.data.version;
    if (folder === dirname(folder)) return 'unknown';
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
