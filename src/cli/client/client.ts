import { z } from 'zod';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { readEvents, type ServerEvent } from './server-events.ts';

/** An error the server answered; its code may be newer than this command. */
export class RemoteError extends Error {
  readonly code: string;
  readonly hint: string | undefined;

  constructor(code: string, message: string, hint: string | undefined) {
    super(message);
    this.name = 'RemoteError';
    this.code = code;
    this.hint = hint;
  }
}

export interface ClientOptions {
  url: string;
  token: string | undefined;
  /** Who uses the command line; the server believes it only with its own command line's token. */
  user?: string;
  timeoutMs?: number;
}

/** The HTTP API. Every call throws RemoteError, or SiskinError SERVER_UNREACHABLE, SERVER_ANSWER_INVALID. */
export interface Client {
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: Record<string, unknown>, schema: z.ZodType<T>): Promise<T>;
  /** Server-sent events after the one with id `after`, until the server ends the stream or the signal aborts. */
  events(path: string, after: string | null, signal: AbortSignal): AsyncGenerator<ServerEvent>;
}

const maxAnswerBytes = 16 * 1024 * 1024;
const errorBody = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});

export function createClient({ url, token, user, timeoutMs = 15_000 }: ClientOptions): Client {
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers);
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (user !== undefined) headers.set('x-siskin-user', user);
    try {
      // A redirect would carry the token to wherever it points.
      return await fetch(new URL(path, url), { ...init, headers, redirect: 'error' });
    } catch (error) {
      throw unreachable(url, error);
    }
  };
  const json = async <T>(path: string, init: RequestInit, schema: z.ZodType<T>): Promise<T> => {
    const response = await call(path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
    const body = parseJson(await boundedText(response, url), url);
    if (!response.ok) throw errorOf(response.status, body, url);
    const parsed = schema.safeParse(body);
    if (parsed.success) return parsed.data;
    const where = parsed.error.issues[0]?.path.join('.') ?? '';
    throw invalidAnswer(url, `the field ${where || '(whole answer)'} is not as expected`);
  };
  return {
    get: (path, schema) => json(path, {}, schema),
    post: (path, body, schema) =>
      json(
        path,
        { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } },
        schema,
      ),
    async *events(path, after, signal) {
      const headers = { accept: 'text/event-stream', ...(after !== null && { 'last-event-id': after }) };
      const response = await call(path, { signal, headers });
      if (!response.ok) throw errorOf(response.status, parseJson(await boundedText(response, url), url), url);
      if (response.body === null) throw invalidAnswer(url, 'the stream of events is empty');
      try {
        yield* readEvents(response.body);
      } catch (error) {
        throw error instanceof RangeError
          ? invalidAnswer(url, error.message, error)
          : unreachable(url, error);
      }
    },
  };
}

async function boundedText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > maxAnswerBytes) throw invalidAnswer(url, 'the answer is longer than 16 MiB');
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof SiskinError ? error : unreachable(url, error);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidAnswer(url, 'the answer is not JSON', error);
  }
}

function errorOf(status: number, body: unknown, url: string): Error {
  const parsed = errorBody.safeParse(body);
  if (!parsed.success) return invalidAnswer(url, `it answered ${status} without saying why`);
  const { code, message, hint } = parsed.data.error;
  return new RemoteError(code, message, hint);
}

const invalidAnswer = (url: string, why: string, cause?: unknown): SiskinError =>
  new SiskinError('SERVER_ANSWER_INVALID', `What answers at ${url} is not understood: ${why}.`, { cause });

function unreachable(url: string, cause: unknown): SiskinError {
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const reason =
    error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
  return new SiskinError('SERVER_UNREACHABLE', `No answer from ${url}: ${reason}.`, { cause });
}
