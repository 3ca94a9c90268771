import { z } from 'zod';
import { messageOf } from '../../domain/errors/siskin-error.ts';
import type { QueryAnswer } from '../../pipeline/ports.ts';
import { askQuery, plainText, type QueryResponse } from './query-api.ts';

/** Asks a condition's query for its one number, now. Never throws: what it could not find out is no evidence. */
export async function queryAnswer(url: string, query: string, timeoutMs: number): Promise<QueryAnswer> {
  try {
    return readAnswer(await askQuery(url, query, timeoutMs));
  } catch (error) {
    return noEvidence(plainText(messageOf(error)).replace(/\.$/, ''));
  }
}

function readAnswer({ status, body }: QueryResponse): QueryAnswer {
  if (status !== 200) return readFailure(status, body);
  const answer = successSchema.safeParse(body);
  if (!answer.success) return noEvidence('Prometheus gave an answer that is none of its API');
  const { data } = answer.data;
  if (data.resultType === 'scalar') return finiteValue(data.result[1]);
  if (data.resultType === 'string') return refused('gives a text, not a number');
  if (data.resultType === 'matrix')
    return refused('gives several values of each series; wrap it, for example in rate(…) and sum(…)');
  const [sample, ...others] = data.result;
  if (!sample) return noEvidence('no series');
  if (others.length > 0)
    return refused(`gives ${data.result.length} series; aggregate them, for example with sum(…)`);
  if (!sample.value)
    return refused('gives a histogram; take one number of it, for example with histogram_quantile(…)');
  return finiteValue(sample.value[1]);
}

const point = z.tuple([z.number(), z.string()]);
/** A native histogram's sample has `histogram` where others have `value`. */
const successSchema = z.object({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('scalar'), result: point }),
    z.object({ resultType: z.literal('string'), result: point }),
    z.object({ resultType: z.literal('matrix'), result: z.unknown() }),
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: point.optional() })) }),
  ]),
});

function finiteValue(text: string): QueryAnswer {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? { kind: 'value', value } : noEvidence(`the answer is ${plainText(text)}`);
}

/** 400 bad_data: it does not parse; 422 execution: it parses, but not for these series (the API's own codes). */
const failureSchema = z.object({
  status: z.literal('error'),
  errorType: z.enum(['bad_data', 'execution']),
  error: z.string(),
});

function readFailure(status: number, body: unknown): QueryAnswer {
  const failure = failureSchema.safeParse(body);
  const ofQuery = failure.success && (status === 400 || status === 422);
  return ofQuery ? refused(plainText(failure.data.error)) : noEvidence(`Prometheus answered ${status}`);
}

const noEvidence = (detail: string): QueryAnswer => ({ kind: 'no-evidence', detail });
const refused = (detail: string): QueryAnswer => ({ kind: 'refused', detail });
