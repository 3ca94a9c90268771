import {
  type Alias,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { interpolate, type Variables } from './interpolate.ts';
import { quoted } from './problems.ts';
import type { Path } from './yaml-path.ts';
import type { YamlPlaces } from './yaml-places.ts';

export interface TreeOptions {
  /** How messages name the file. */
  file: string;
  /** Values for `${VAR}`. */
  variables: Variables;
  /** Where variables are put in; everywhere by default. */
  interpolates?: (path: Path) => boolean;
  /** Where numbers and truth values stay the text they were written as (`1.10`, not `1.1`); nowhere by default. */
  verbatim?: (path: Path) => boolean;
}

type Report = (path: Path, message: string, offset?: number) => void;

/** Values a document may have, its aliases expanded: an alias bomb ends here. */
const mostValues = 20_000;
const deepest = 64;
/** Tags that say what the value is anyway. */
const plainTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((tag) => `tag:yaml.org,2002:${tag}`),
);

/** A bound was passed: nothing of the document is used. */
class TooMuch extends Error {}

/** Walks a syntax tree once, in the order of the text, into plain data. */
export class YamlReader {
  private readonly options: TreeOptions;
  private readonly places: YamlPlaces;
  private readonly report: Report;
  private readonly anchors = new Map<string, Node>();
  /** Collections that are being read: one that holds itself through an alias would never end. */
  private readonly open = new Set<Node>();
  private values = 0;

  constructor(options: TreeOptions, places: YamlPlaces, report: Report) {
    this.options = options;
    this.places = places;
    this.report = report;
  }

  /** @returns undefined when a bound was passed, which is reported */
  read(root: unknown): unknown {
    try {
      return this.node(root, []);
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      this.report([], error.message);
      return undefined;
    }
  }

  private node(node: unknown, path: Path): unknown {
    this.count();
    if (path.length > deepest) throw new TooMuch(`is nested deeper than ${deepest} levels`);
    if (!isNode(node)) return null;
    this.places.remember(path, offsetOf(node));
    if (isAlias(node)) return this.node(this.target(node, path), path);
    this.places.remember(path, offsetOf(node), isScalar(node) ? textOf(node) : undefined);
    if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
    if (node.tag !== undefined && !plainTags.has(node.tag))
      this.report(
        path,
        `has the tag ${quoted(node.tag.replace('tag:yaml.org,2002:', '!!'))}, which is not supported: remove it`,
      );
    if (isScalar(node)) return this.scalar(node, path);
    if (this.open.has(node)) {
      this.report(path, 'holds itself through an alias');
      return null;
    }
    this.open.add(node);
    const value = isMap(node)
      ? this.map(node, path)
      : node.items.map((item, index) => this.node(item, [...path, index]));
    this.open.delete(node);
    return value;
  }

  private count(): void {
    this.values += 1;
    if (this.values > mostValues)
      throw new TooMuch(`has more than ${mostValues} values with its aliases expanded`);
  }

  private target(alias: Alias, path: Path): Node | null {
    const target = this.anchors.get(alias.source);
    if (!target)
      this.report(path, `uses the alias ${quoted(alias.source)} before its anchor`, offsetOf(alias));
    return target ?? null;
  }

  private scalar(node: Scalar, path: Path): unknown {
    const { value } = node;
    if (value === null) return null;
    if (typeof value !== 'string') return this.options.verbatim?.(path) ? textOf(node) : value;
    if (value.includes('\0')) this.report(path, 'has a NUL character, which no value may have');
    if (this.options.interpolates?.(path) === false) return value;
    const result = interpolate(value, this.options.variables);
    if ('text' in result) return result.text;
    for (const error of result.errors) this.report(path, error);
    return '';
  }

  private map(map: YAMLMap, path: Path): Record<string, unknown> {
    const result: Record<string, unknown> = Object.create(null);
    const firstLines = new Map<string, number>();
    const merges: Pair[] = [];
    for (const pair of map.items) {
      const key = this.key(pair, path);
      const offset = offsetOf(pair.key);
      const first = key === undefined ? undefined : firstLines.get(key);
      if (key === undefined) continue;
      if (key === '<<') merges.push(pair);
      else if (first !== undefined)
        this.report([...path, key], `is written twice, first in line ${first}: keep one of them`, offset);
      else {
        firstLines.set(key, this.places.at(offset, path).line ?? 0);
        this.set(result, key, pair, path);
      }
    }
    for (const pair of merges) this.merge(pair.value, result, path);
    return result;
  }

  private set(result: Record<string, unknown>, key: string, pair: Pair, path: Path): void {
    this.places.remember([...path, key], offsetOf(pair.key));
    result[key] = this.node(pair.value, [...path, key]);
  }

  private key(pair: Pair, path: Path): string | undefined {
    const key = isScalar(pair.key) && pair.key.value !== null ? textOf(pair.key) : '';
    if (key !== '' && key !== '__proto__') return key;
    const message =
      key === '' ? 'has a key that is no plain word' : 'has the key "__proto__", which no file needs';
    this.report(path, message, offsetOf(pair.key));
    return undefined;
  }

  /** `<<: *defaults`: keys that the mapping does not have itself; of several sources, the first that has it. */
  private merge(source: unknown, result: Record<string, unknown>, path: Path): void {
    this.count();
    if (isSeq(source)) {
      for (const item of source.items) this.merge(item, result, path);
      return;
    }
    const target = isAlias(source) ? this.target(source, path) : source;
    if (!isMap(target) || this.open.has(target)) {
      if (target !== null) this.report(path, 'has a merge key (<<) that is no mapping, or holds itself');
      return;
    }
    this.open.add(target);
    for (const pair of target.items) {
      this.count();
      const key = isScalar(pair.key) ? textOf(pair.key) : '';
      if (key === '<<') this.merge(pair.value, result, path);
      else if (key !== '' && key !== '__proto__' && !Object.hasOwn(result, key))
        this.set(result, key, pair, path);
    }
    this.open.delete(target);
  }
}

const textOf = (node: Scalar): string =>
  typeof node.value === 'string' ? node.value : (node.source ?? String(node.value));

const offsetOf = (node: unknown): number => (isNode(node) ? (node.range?.[0] ?? 0) : 0);
