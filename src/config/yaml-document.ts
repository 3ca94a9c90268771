import type * as z from 'zod';
import { type Problem, quoted } from './problems.ts';
import { entriesOf, type Path, pathText, valueAt } from './yaml-path.ts';
import type { YamlTree } from './yaml-tree.ts';

export interface ValidateOptions {
  /** Where in the document the schema applies; its top by default. */
  path?: Path;
  /** Values that no message may show; none by default. */
  isSecret?: (path: Path) => boolean;
}

/**
 * Holds a document (or the part at `path`) against a schema.
 * @returns the schema's output, or every mistake with its place; a value the tree has already reported is not reported again
 */
export function validate<Schema extends z.ZodType>(
  tree: YamlTree,
  schema: Schema,
  { path = [], isSecret = () => false }: ValidateOptions = {},
): { value?: z.output<Schema>; problems: Problem[] } {
  const result = schema.safeParse(valueAt(tree.value, path), { error: plainMessage });
  if (result.success) return { value: result.data, problems: [] };
  const found = result.error.issues.flatMap((issue) => mistakesOf(issue, path));
  const reported = new Set(tree.problems.map(({ key }) => key));
  const problems = found
    .filter((mistake) => !reported.has(pathText(mistake.path)))
    .map((mistake) => ({ ...tree.locate(mistake.path), message: describe(mistake, tree, isSecret) }));
  return { problems };
}

interface Mistake {
  path: Path;
  message: string;
  /** It is the key that is wrong, not the value. */
  ofKey?: boolean;
}

type Issue = z.core.$ZodIssue;

/** zod's own issues in the words of this folder, for schemas that have no message of their own. */
const plainMessage: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type') return `must be ${expectedTypes[issue.expected] ?? issue.expected}`;
  if (issue.code === 'invalid_value') return `must be ${oneOf(issue.values.map(String))}`;
  if (issue.code === 'invalid_union') return '';
  return undefined;
};

const expectedTypes: Record<string, string> = {
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

const oneOf = (values: readonly string[]): string =>
  values.length < 2 ? (values[0] ?? 'nothing') : `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;

function mistakesOf(issue: Issue, prefix: Path): Mistake[] {
  const path = [...prefix, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      message: messages[index] ?? 'is not a known key',
    }));
  }
  if (issue.code === 'invalid_key' && issue.issues[0])
    return [{ path, message: issue.issues[0].message, ofKey: true }];
  if (issue.code === 'invalid_union' && issue.message === '') return unionMistakes(issue, path);
  return [{ path, message: issue.message }];
}

/** The mistakes of the one form that the value seems to have, or what all the forms would be. */
function unionMistakes(issue: z.core.$ZodIssueInvalidUnion, path: Path): Mistake[] {
  const isOtherForm = (issues: readonly Issue[]) =>
    issues.some(({ code, path: within }) => code === 'invalid_type' && within.length === 0);
  const meant = issue.errors.find((issues) => !isOtherForm(issues));
  if (meant) return meant.flatMap((nested) => mistakesOf(nested, path));
  const forms = issue.errors.map((issues) => issues[0]?.message.replace(/^must be /, '') ?? '');
  return [{ path, message: `must be ${oneOf(forms)}` }];
}

/** "must be …" completed by what was written instead. */
function describe(
  { path, message, ofKey }: Mistake,
  tree: YamlTree,
  isSecret: (path: Path) => boolean,
): string {
  if (ofKey) return message.replace(/^must be /, 'the key must be ');
  if (!message.startsWith('must be ')) return message;
  const value = valueAt(tree.value, path);
  if (value === undefined) return `is missing: it ${message}`;
  const shown = isSecret(path) ? undefined : instead(value, tree.written(path));
  return shown === undefined ? message : `${message}; not ${shown}`;
}

function instead(value: unknown, written: string | undefined): string | undefined {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return entriesOf(value).length === 0 ? 'an empty mapping' : 'a mapping';
  return written === undefined ? undefined : quoted(written);
}
