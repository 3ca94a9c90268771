import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

/** What Prometheus answered, whatever the status: at most 4 MiB, undefined when it was no JSON. */
export interface QueryResponse {
  status: number;
  body: unknown;
}

const maxAnswerBytes = 4 * 1024 * 1024;

/**
 * Asks a query at this instant (Prometheus HTTP API v1, `POST /api/v1/query`).
 * @throws SiskinError METRICS_UNAVAILABLE: unreachable, slower than `timeoutMs`, redirecting, or over 4 MiB
 */
export async function askQuery(url: string, query: string, timeoutMs: number): Promise<QueryResponse> {
  try {
    const response = await fetch(new URL('/api/v1/query', url), {
      method: 'POST',
      body: new URLSearchParams({ query, timeout: `${timeoutMs}ms` }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: parseJson(await readBounded(response)) };
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

/** Text from outside, fit to stand in a sentence: one line, bounded, no control characters. */
export const plainText = (text: string): string => {
  const line = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029\s]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
};
