import { json, type Request } from 'express';
import type { z } from 'zod';
import { SiskinError } from '../domain/errors/siskin-error.ts';

/** Reads JSON bodies of at most 64 KB. */
export const jsonBody = json({ limit: 64 * 1024, inflate: false });

/** @returns the value as the schema reads it. @throws SiskinError REQUEST_INVALID that names each mistake */
export function valid<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const mistakes = result.error.issues.slice(0, 5).map(({ path, message }) => [...path, message].join(': '));
  throw new SiskinError('REQUEST_INVALID', `The ${what} is not right: ${mistakes.join('; ')}.`.slice(0, 500));
}

/** The body, `{}` when there is none. @throws SiskinError REQUEST_INVALID also for a body that is not declared as JSON */
export function validBody<T>(schema: z.ZodType<T>, request: Request): T {
  if (hasBody(request) && !request.is('application/json')) {
    throw new SiskinError('REQUEST_INVALID', 'The body must be sent with Content-Type: application/json.');
  }
  return valid(schema, request.body ?? {}, 'body');
}

/** A POST without a body may still tell its length: 0. */
const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
