import { randomUUID } from 'node:crypto';
import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import type { ErrorCode } from '../domain/errors/catalogue.ts';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import type { ApiDependencies } from './ports.ts';

const statusOfCode: Partial<Record<ErrorCode, number>> = {
  REQUEST_INVALID: 400,
  TOKEN_MISSING: 401,
  ROLE_TOO_LOW: 403,
  CROSS_SITE_REFUSED: 403,
  NOT_FOUND: 404,
  DEPLOYMENT_ENDED: 409,
  NOTHING_RUNNING: 409,
  NO_PREVIOUS_RELEASE: 409,
  BODY_TOO_LARGE: 413,
  BODY_ENCODING_REFUSED: 415,
  STORE_UNAVAILABLE: 503,
};

/** Answers `{ error: { code, message, hint } }` for whatever was thrown; what is unknown is logged, not shown. */
export const errorAnswers =
  ({ log, mask = (text) => text }: Pick<ApiDependencies, 'log' | 'mask'>): ErrorRequestHandler =>
  (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error);
    const known = knownError(error);
    if (known) {
      const masked = new SiskinError(known.code, mask(known.message), { hint: mask(known.hint) });
      return sendError(response, masked, statusOfCode[known.code] ?? 500);
    }
    const id = randomUUID();
    log.error({ request: id, error: messageOf(error) }, 'a request failed');
    sendError(response, new SiskinError('INTERNAL', `The request ${id} failed.`), 500);
  };

/** For everything that no route answered. */
export const notFound: RequestHandler = () => {
  throw new SiskinError('NOT_FOUND', 'There is nothing at this address.');
};

function sendError(response: Response, { code, message, hint }: SiskinError, status: number): void {
  if (status === 401) response.set('WWW-Authenticate', 'Bearer');
  if (status === 503) response.set('Retry-After', '5');
  response.status(status).json({ error: { code, message, hint } });
}

/** Errors of ours, and those of express' body and URL parsers that are the caller's. */
function knownError(error: unknown): SiskinError | null {
  if (error instanceof SiskinError) return error;
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (type === 'entity.too.large') return new SiskinError('BODY_TOO_LARGE', 'The body is larger than 64 KB.');
  if (type === 'encoding.unsupported')
    return new SiskinError('BODY_ENCODING_REFUSED', 'The body is compressed.');
  if (status === 400) return new SiskinError('REQUEST_INVALID', 'The body or address cannot be parsed.');
  return null;
}
