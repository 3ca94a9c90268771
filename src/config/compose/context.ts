import * as z from 'zod';
import type { EnvironmentKey } from '../../domain/names.ts';
import { mapping, type Refusals } from '../fields.ts';
import type { Variables } from '../interpolate.ts';
import type { Allowed } from '../siskin/types.ts';
import { suggest } from '../suggest.ts';
import { entriesOf, type Path } from '../yaml-path.ts';

/** What a service's values are judged by. */
export interface ComposeContext {
  key: EnvironmentKey;
  /** The service that is read. */
  service: string;
  allow: Allowed;
  variables: Variables;
  /** The Compose file's folder in the repository, `.` for its root. */
  folder: string;
  /** The file's top-level `volumes` and `networks`, as they are. */
  volumes: unknown;
  networks: unknown;
}

/** Reports a mistake at a key of the service, e.g. `['x-siskin', 'port']`. */
export type ReportAt = (path: Path, message: string) => void;

/** A mapping of the Compose Specification: `x-…` keys are other people's, unless they look like x-siskin misspelt. */
export const composeMapping = <Shape extends z.ZodRawShape>(shape: Shape, refusals: Refusals = {}) =>
  z.preprocess(withoutExtensions, mapping(shape, refusals));

function withoutExtensions(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = entriesOf(value).filter(
    ([key]) => !key.startsWith('x-') || suggest(key, ['x-siskin']) !== undefined,
  );
  return Object.assign(Object.create(null), Object.fromEntries(kept));
}

/** Why a value is refused. */
export interface Wrong {
  wrong: string;
}

/** A transform that turns a checked value into another, or says what is wrong with it. */
export const orIssue =
  <In, Out>(convert: (value: In) => Out) =>
  (value: In, ctx: z.RefinementCtx): Exclude<Out, Wrong> => {
    const result = convert(value);
    if (!isWrong(result)) return result as Exclude<Out, Wrong>;
    ctx.addIssue({ code: 'custom', message: result.wrong });
    return z.NEVER;
  };

const isWrong = (result: unknown): result is Wrong =>
  typeof result === 'object' && result !== null && 'wrong' in result;
