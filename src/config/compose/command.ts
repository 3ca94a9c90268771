import * as z from 'zod';
import { must } from '../fields.ts';
import { orIssue, type Wrong } from './context.ts';

const expected = 'a command line, or a list of its words';

/** `command` and `entrypoint`: a list, or a line that is split into words; no shell ever sees it. */
export const commandField = z
  .union([z.string(), z.array(z.string(must('a word of the command')))], must(expected))
  .transform(
    orIssue((written): string[] | Wrong => {
      const words = typeof written === 'string' ? splitCommand(written) : written;
      if (words === undefined) return { wrong: 'has a quote that is not closed' };
      return words.length > 0 ? words : { wrong: `must be ${expected}, at least the program's name` };
    }),
  );

/**
 * Splits a command line at spaces as a POSIX shell would: 'single' and "double" quotes, backslashes, nothing else.
 * @returns undefined when a quote is not closed
 */
export function splitCommand(line: string): string[] | undefined {
  const words: string[] = [];
  const token = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/gy;
  let word: string | undefined;
  let end = 0;
  for (const match of line.matchAll(token)) {
    end = match.index + match[0].length;
    const [, single, double, escaped, plain] = match;
    const piece = single ?? double?.replace(/\\(["\\$`\n])/g, '$1') ?? escaped ?? plain;
    if (piece !== undefined) word = (word ?? '') + piece;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return end === line.length ? words : undefined;
}
