import * as z from 'zod';
import { mapping, must, nameText, quantity, text, wholeNumber } from '../fields.ts';
import { duration } from '../units.ts';
import type { ComposeContext, Wrong } from './context.ts';
import { latencyQuery } from './latency-query.ts';
import { type CheckedQuery, queryField } from './query-field.ts';

/** `x-siskin.analysis`: conditions on PromQL queries. Ready-made ones become queries here. */
export const analysisField = (context: ComposeContext) =>
  z
    .array(conditionField(context))
    .max(10, { error: 'has more than 10 conditions: keep the ones that would make you roll back' })
    .superRefine((conditions, ctx) => {
      const seen = new Set<string>();
      for (const [index, { name }] of conditions.entries()) {
        const message = 'is the name of an earlier condition: every condition needs its own';
        if (seen.has(name)) ctx.addIssue({ code: 'custom', path: [index, 'name'], message });
        seen.add(name);
      }
    });

const conditionField = (context: ComposeContext) =>
  mapping({
    name: nameText(),
    query: queryField(context).optional(),
    preset: z.enum(['latency-p95'], must('latency-p95, the one that is ready-made')).optional(),
    min: numberField.optional(),
    max: numberField.optional(),
    metric: text(
      'the name of a histogram such as http_request_duration_seconds, without _bucket',
      /^(?!.*_bucket$)[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$/,
    ).optional(),
    window: quantity(duration, 'from 15s to 5m', (ms) => ms >= 15_000 && ms <= 300_000).optional(),
    failures: wholeNumber(1, 10).prefault(2),
  }).transform((written, ctx) => {
    const condition = written.preset === undefined ? ownCondition(written) : latencyCondition(written);
    if (!('wrong' in condition)) return condition;
    ctx.addIssue({ code: 'custom', path: condition.at ? [condition.at] : [], message: condition.wrong });
    return z.NEVER;
  });

/** A finite number; as text too, for one that comes out of a variable. */
const numberField = z
  .union(
    [z.number(must('a number')), z.string(must('a number')).regex(/^-?\d{1,15}(\.\d{1,15})?$/)],
    must('a number'),
  )
  .transform(Number);

interface Written {
  name: string;
  query?: CheckedQuery | undefined;
  preset?: string | undefined;
  min?: number | undefined;
  max?: number | undefined;
  metric?: string | undefined;
  window?: number | undefined;
  failures: number;
}

/** A condition as AnalysisSpec has it, and whether it was a ready-made one. */
export interface CheckedCondition extends CheckedQuery {
  name: string;
  min?: number;
  max?: number;
  failures: number;
  preset: boolean;
}

type Misfit = Wrong & { at?: keyof Written };

function ownCondition({
  name,
  query,
  min,
  max,
  failures,
  metric,
  window,
}: Written): CheckedCondition | Misfit {
  const foreign = metric !== undefined ? 'metric' : window !== undefined ? 'window' : undefined;
  if (foreign)
    return { at: foreign, wrong: 'belongs to preset: latency-p95, and there is none here: remove it' };
  if (!query) return { wrong: 'needs a query, or preset: latency-p95' };
  if (min === undefined && max === undefined)
    return { wrong: 'needs min, max or both: what the query may give' };
  if (min !== undefined && max !== undefined && min > max)
    return { at: 'min', wrong: `must not be above max, which is ${max}` };
  return {
    name,
    ...query,
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    failures,
    preset: false,
  };
}

function latencyCondition(written: Written): CheckedCondition | Misfit {
  const { name, query, min, max = 1.5, failures, window: windowMs = 30_000 } = written;
  const { metric = 'http_request_duration_seconds' } = written;
  if (query) return { at: 'query', wrong: 'does not go with preset, which is a query: remove one of them' };
  if (min !== undefined) return { at: 'min', wrong: 'does not go with preset: faster is never worse' };
  if (max <= 0)
    return { at: 'max', wrong: "must be above 0: it is the new release's latency divided by the old one's" };
  return { name, query: latencyQuery(metric, windowMs), windowMs, max, failures, preset: true };
}
