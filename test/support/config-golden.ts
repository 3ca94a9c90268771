import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const separator = '----------\n';

export interface GoldenFile {
  name: string;
  path: string;
  input: string;
  /** What the file must be, given this output: the input, a line of dashes, the output. */
  expect(output: string): string;
}

/** Golden files as Caddy has them: input and expected output in one file. `vitest -u` writes the outputs anew. */
export function goldenFiles(folder: string): GoldenFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const [input = ''] = readFileSync(path, 'utf8').split(separator, 1);
      return {
        name: name.replace(/\.txt$/, ''),
        path,
        input,
        expect: (output) => `${input}${separator}${output}\n`,
      };
    });
}
