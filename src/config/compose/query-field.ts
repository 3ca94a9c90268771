import * as z from 'zod';
import {
  type AnalysisValues,
  analysisPlaceholders,
  renderAnalysisQuery,
  unknownPlaceholders,
  writtenOffset,
} from '../../domain/analysis-query.ts';
import { backendName } from '../../domain/names.ts';
import { must } from '../fields.ts';
import { checkPromql } from '../promql.ts';
import { type ComposeContext, orIssue, type Wrong } from './context.ts';

/** A query as it was written, and how far back it looks. */
export interface CheckedQuery {
  query: string;
  windowMs: number;
}

const longestQuery = 2_000;

/** A PromQL query, checked with its placeholders filled in as they will be. */
export const queryField = (context: ComposeContext) =>
  z
    .string(must('a PromQL query in quotes'))
    .max(longestQuery, {
      error: `is longer than ${longestQuery} characters: let a recording rule compute it`,
    })
    .transform(orIssue((query) => checkedQuery(query, context)));

function checkedQuery(query: string, { key, service }: ComposeContext): CheckedQuery | Wrong {
  const [unknown] = unknownPlaceholders(query);
  if (unknown !== undefined) {
    const known = analysisPlaceholders.map((name) => `{{${name}}}`).join(', ');
    return { wrong: `has ${unknown}, which is no placeholder; there are ${known}` };
  }
  const values = { ...key, service, backend: backendName(key, service), release: 2, baseline: 1 };
  const result = checkPromql(renderAnalysisQuery(query, values));
  if ('lookBackMs' in result) return { query, windowMs: result.lookBackMs };
  return { wrong: `${result.message} (${placeOf(query, values, result.at)})` };
}

function placeOf(query: string, values: AnalysisValues, at: number): string {
  const before = query.slice(0, writtenOffset(query, values, at)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1} of the query`;
}
