import type { ErrorCode } from '../domain/errors/catalogue.ts';
import { SiskinError, type SourceLocation } from '../domain/errors/siskin-error.ts';

/** One mistake in a file: where it is, what is wrong, what would be right. */
export interface Problem extends SourceLocation {
  message: string;
}

/** All mistakes of a file at once. Its message has one line per mistake: `siskin.yaml:12:5 apps.shop.repo: …`. */
export class ProblemsError extends SiskinError {
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, problems: readonly Problem[]) {
    const sorted = inFileOrder(problems);
    super(code, describe(sorted), sorted[0] ? { location: locationOf(sorted[0]) } : {});
    this.name = 'ProblemsError';
    this.problems = sorted;
  }
}

/** `siskin.yaml:12:5 apps.shop.repo: …`, without what the file did not say. */
export const formatProblem = ({ file, line, column, key, message }: Problem): string => {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return printable(
    key ? `${place} ${bounded(key, 200)}: ${bounded(message, 600)}` : `${place}: ${bounded(message, 600)}`,
  );
};

/** A value from outside, fit to stand in a message: quoted, bounded, on one line. */
export const quoted = (text: string): string => JSON.stringify(bounded(text, 60));

const bounded = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

/** Control, zero-width and direction characters as escapes: a terminal must show the file's text, not obey it. */
const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** More mistakes than a person reads at once; also keeps a hostile file from filling the log. */
const shownProblems = 50;

function describe(problems: readonly Problem[]): string {
  const lines = problems.slice(0, shownProblems).map(formatProblem);
  if (problems.length > shownProblems) lines.push(`… and ${problems.length - shownProblems} more`);
  return lines.join('\n');
}

const inFileOrder = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));

const locationOf = ({ message: _message, ...location }: Problem): SourceLocation => location;
