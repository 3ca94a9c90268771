import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export const entry = join(root, 'src', 'cli', 'main.ts');
/** As deep below the root as the compiled command, which finds what it ships by that. */
const bundle = join(root, 'dist', 'bundle', 'cli', 'siskin.mjs');

/** What `node` is given to run `siskin`: one file, made anew by bundle-siskin.ts at the beginning of every test run. */
export const siskinCommand: readonly string[] = [bundle];
