import type { SourceLocation } from '../domain/errors/siskin-error.ts';
import { readBoundedFile } from './bounded-file.ts';
import type { Path } from './yaml-path.ts';
import { longestYamlBytes } from './yaml-text.ts';
import { readYamlTree } from './yaml-tree.ts';

/**
 * Where a key of siskin.yaml stands, for what is found out only after the file was read.
 * @throws SiskinError CONFIG_MISSING, CONFIG_UNREADABLE
 */
export async function placeOf(file: string, path: Path): Promise<SourceLocation> {
  const text = await readBoundedFile(file, longestYamlBytes, 'CONFIG_MISSING');
  // Variables do not move keys.
  return readYamlTree(text, { file, variables: {} }).locate(path);
}
