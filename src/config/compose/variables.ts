import * as z from 'zod';
import { must } from '../fields.ts';
import type { Variables } from '../interpolate.ts';

const value = z.union([z.string(), z.null()], must('a single value'));
const listOrMap = (what: string) =>
  z.union(
    [z.array(z.string(must('NAME=value')), must('a list')), z.record(z.string(), value)],
    must(`a mapping of ${what}, or a list of NAME=value`),
  );

/**
 * `environment` and `build.args`: a mapping or a list. A name without value takes it from the variables, as in Compose;
 * one that is not set is an error.
 */
export const variablesField = (what: string, variables: Variables) =>
  listOrMap(what).transform((written, ctx) => {
    const result: Record<string, string> = {};
    for (const { name, value: given, at } of pairs(written)) {
      const found = given ?? (Object.hasOwn(variables, name) ? variables[name] : undefined);
      if (!/^[^\s=\p{Cc}]{1,256}$/u.test(name)) issue(ctx, at, 'must be NAME=value, the name without spaces');
      else if (found === undefined)
        issue(ctx, at, `has no value, and the variable ${name} is not set: set it under env in siskin.yaml`);
      else result[name] = found;
    }
    return result;
  });

/** `labels`: a mapping or a list; a name without value is an empty label. */
export const labelsField = listOrMap('labels').transform((written, ctx) => {
  const result: Record<string, string> = {};
  for (const { name, value: given, at } of pairs(written)) {
    const owner = reserved.find((prefix) => name.startsWith(prefix));
    if (owner !== undefined)
      issue(ctx, at, `is a label beginning with ${owner}, which is reserved: rename it`);
    else if (!/^[\x21-\x7e]{1,256}$/.test(name)) issue(ctx, at, 'must be a label name without spaces');
    else result[name] = given ?? '';
  }
  return result;
});

/** Siskin finds what is its own by label; Compose does too. */
const reserved = ['siskin.', 'com.docker.', 'io.docker.', 'org.dockerproject.'];

interface Pair {
  name: string;
  value: string | null;
  at: string | number;
}

const pairs = (written: string[] | Record<string, string | null>): Pair[] =>
  Array.isArray(written)
    ? written.map((entry, at) => {
        const equals = entry.indexOf('=');
        if (equals === -1) return { name: entry, value: null, at };
        return { name: entry.slice(0, equals), value: entry.slice(equals + 1), at };
      })
    : Object.entries(written).map(([name, given]) => ({ name, value: given, at: name }));

const issue = (ctx: z.RefinementCtx, at: string | number, message: string): void =>
  ctx.addIssue({ code: 'custom', path: [at], message });
