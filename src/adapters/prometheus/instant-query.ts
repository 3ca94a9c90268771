import { z } from 'zod';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

/** One sample of an instant vector. Times in seconds, of Prometheus's own clock. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
  evaluatedAt: number;
}

const maxAnswerBytes = 4 * 1024 * 1024;

const answerSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({
        metric: z.record(z.string(), z.string()),
        value: z.tuple([z.number(), z.string()]),
      }),
    ),
  }),
});

/**
 * Asks Prometheus (HTTP API v1, `/api/v1/query`).
 * @throws SiskinError METRICS_UNAVAILABLE: unreachable, slower than `timeoutMs`, over 4 MiB, not an instant vector, or
 * a value that is no number (NaN, infinite)
 */
export async function instantQuery(url: string, query: string, timeoutMs: number): Promise<Sample[]> {
  const body = await post(new URL('/api/v1/query', url), query, timeoutMs);
  const answer = answerSchema.safeParse(parseJson(body));
  if (!answer.success) throw metricsUnavailable('its answer is not an instant vector');
  return answer.data.data.result.map(({ metric, value: [evaluatedAt, text] }) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw metricsUnavailable(`${metric.__name__ ?? 'a value'} is ${text.slice(0, 20)}`);
    }
    return { labels: metric, value, evaluatedAt };
  });
}

async function post(url: URL, query: string, timeoutMs: number): Promise<string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      body: new URLSearchParams({ query, timeout: `${timeoutMs}ms` }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const body = await readBounded(response);
    if (response.ok) return body;
    throw metricsUnavailable(`it answered ${response.status}: ${body.slice(0, 200)}`);
  } catch (error) {
    throw error instanceof SiskinError ? error : metricsUnavailable(reasonOf(error), error);
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw metricsUnavailable('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON is no answer
  }
}

/** fetch says "fetch failed"; what failed stands in its cause. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);

export const metricsUnavailable = (reason: string, cause?: unknown): SiskinError =>
  new SiskinError('METRICS_UNAVAILABLE', `Prometheus cannot tell: ${reason}.`, { cause });
