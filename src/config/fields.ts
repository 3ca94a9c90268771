import * as z from 'zod';
import { namePattern } from '../domain/names.ts';
import { suggest } from './suggest.ts';
import type { Unit } from './units.ts';

/** Why a known key is refused, by key. */
export type Refusals = Readonly<Record<string, string>>;

export const notYet = 'is not supported by this version yet: remove it';

/**
 * A mapping that refuses every key it does not know: with the reason for those in `refusals`, else with the key that
 * was probably meant. zod gives one message for all of them: it has one line per key.
 */
export const mapping = <Shape extends z.ZodRawShape>(shape: Shape, refusals: Refusals = {}) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .map((key: string, index) => unknownKey(key, index, Object.keys(shape), refusals))
            .join('\n')
        : undefined,
  });

/** Beyond these, a file is hostile and no near word is looked for. */
const mostSuggestions = 20;

function unknownKey(key: string, index: number, known: readonly string[], refusals: Refusals): string {
  const refusal = Object.hasOwn(refusals, key) ? refusals[key] : undefined;
  if (refusal !== undefined) return refusal;
  if (index >= mostSuggestions) return 'is not a known key';
  const meant = suggest(key, known);
  return meant
    ? `is not a known key: did you mean ${meant}?`
    : `is not a known key; known here: ${known.join(', ')}`;
}

/** Fits every "must be …" message of this folder: what was written is added to it (zod-problems.ts). */
export const must = (expected: string) => ({ error: `must be ${expected}` });

export const text = (expected: string, pattern: RegExp) =>
  z.string(must(expected)).regex(pattern, must(expected));

export const nameExpected =
  'a name of small letters, digits and dashes, at most 41, not beginning with a dash';

/** What an app, environment, service or token may be called. */
export const nameText = () => text(nameExpected, namePattern);

/** @param problemOf says what is wrong with a text, to be read after the key; undefined when it is right */
export const checkedText = (expected: string, problemOf: (value: string) => string | undefined) =>
  z.string(must(expected)).superRefine((value, ctx) => {
    const message = problemOf(value);
    if (message !== undefined) ctx.addIssue({ code: 'custom', message });
  });

/**
 * A value with a unit, as the number Siskin works with.
 * @param fits further bounds, `bounds` names them
 */
export function quantity(unit: Unit, bounds = '', fits: (value: number) => boolean = () => true) {
  const expected = `must be ${unit.expected}${bounds && `, ${bounds}`}`;
  const word = z.string(expected).regex(unit.pattern, expected);
  const written: z.ZodType<string | number, string | number> = unit.bare
    ? z.union([word, z.number(expected)], expected)
    : word;
  return written.transform((value, ctx) => {
    const parsed = unit.parse(value);
    if (parsed !== undefined && fits(parsed)) return parsed;
    ctx.addIssue({ code: 'custom', message: expected });
    return z.NEVER;
  });
}

/** A whole number; as text too, for one that comes out of a variable. */
export function wholeNumber(least: number, most: number) {
  const expected = `must be a whole number from ${least} to ${most}`;
  return z
    .union(
      [
        z.int(expected).min(least, expected).max(most, expected),
        z.string(expected).regex(/^\d{1,10}$/, expected),
      ],
      expected,
    )
    .transform((value, ctx) => {
      const parsed = Number(value);
      if (parsed >= least && parsed <= most) return parsed;
      ctx.addIssue({ code: 'custom', message: expected });
      return z.NEVER;
    });
}

/** `true` or `false`; as text too, for one that comes out of a variable. */
export const truth = () =>
  z
    .union(
      [z.boolean(must('true or false')), z.enum(['true', 'false'], must('true or false'))],
      must('true or false'),
    )
    .transform((value) => value === true || value === 'true');
