import { z } from 'zod';
import { askQuery, metricsUnavailable, plainText } from './query-api.ts';

/** One sample of an instant vector. Times in seconds, of Prometheus's own clock. */
export interface Sample {
  labels: Record<string, string>;
  value: number;
  evaluatedAt: number;
}

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
 * Asks Prometheus for series that must be there.
 * @throws SiskinError METRICS_UNAVAILABLE: unreachable, slower than `timeoutMs`, over 4 MiB, not an instant vector, or
 * a value that is no number (NaN, infinite)
 */
export async function instantQuery(url: string, query: string, timeoutMs: number): Promise<Sample[]> {
  const { status, body } = await askQuery(url, query, timeoutMs);
  if (status !== 200) {
    const said = z.object({ error: z.string() }).safeParse(body).data;
    throw metricsUnavailable(`it answered ${status}${said ? `: ${plainText(said.error)}` : ''}`);
  }
  const answer = answerSchema.safeParse(body);
  if (!answer.success) throw metricsUnavailable('its answer is not an instant vector');
  return answer.data.data.result.map(({ metric, value: [evaluatedAt, text] }) => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isFinite(value)) {
      throw metricsUnavailable(`${metric.__name__ ?? 'a value'} is ${text.slice(0, 20)}`);
    }
    return { labels: metric, value, evaluatedAt };
  });
}
