import type { SourceLocation } from '../domain/errors/siskin-error.ts';
import type { Problem } from './problems.ts';
import type { Path } from './yaml-path.ts';
import { YamlPlaces } from './yaml-places.ts';
import { type TreeOptions, YamlReader } from './yaml-reader.ts';
import { parseYamlText } from './yaml-text.ts';

/** A document as plain data that still knows where everything stood. */
export interface YamlTree {
  /** Mappings have no prototype. Undefined when the text could not be read as YAML within its bounds. */
  value: unknown;
  problems: readonly Problem[];
  /** The place of the key (or list entry) at the path, or of the nearest thing around it. */
  locate(path: Path): SourceLocation;
  /** What was written there, before variables were put in; undefined for what is no single value. */
  written(path: Path): string | undefined;
}

/**
 * Reads YAML text into plain data: variables put in, merge keys (`<<`) and aliases resolved within bounds, duplicate
 * keys, odd keys and odd tags refused. Never throws for what the text says: mistakes are `problems`.
 */
export function readYamlTree(text: string, options: TreeOptions): YamlTree {
  const parsed = parseYamlText(text);
  const places = new YamlPlaces(options.file, parsed.lines);
  const problems: Problem[] = [];
  const tree = { problems, locate: places.locate.bind(places), written: places.written.bind(places) };
  if ('mistakes' in parsed) {
    for (const { offset, message } of parsed.mistakes)
      problems.push({ ...(offset === undefined ? { file: options.file } : places.at(offset, [])), message });
    return { ...tree, value: undefined };
  }
  const report = (path: Path, message: string, offset?: number) => {
    const location = offset === undefined ? places.locate(path) : places.at(offset, path);
    problems.push({ ...location, message });
  };
  return { ...tree, value: new YamlReader(options, places, report).read(parsed.document.contents) };
}
