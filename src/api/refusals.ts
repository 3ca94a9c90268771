import type { ErrorRequestHandler, Request, Response } from 'express';
import type { Actor } from '../domain/deployment.ts';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import { namePattern } from '../domain/names.ts';
import type { ApiDependencies, AuditNote } from './ports.ts';
import { RefusalBudget } from './refusal-budget.ts';

const audited = new Set(['TOKEN_MISSING', 'ROLE_TOO_LOW', 'CROSS_SITE_REFUSED']);

/**
 * Writes refused attempts into the audit log: a token that is not valid, one whose role is too low, a page of another
 * site. A flood cannot wash the log out: so many of an address and of all together, the others are counted.
 */
export function auditRefusals({ audit, log }: Pick<ApiDependencies, 'audit' | 'log'>): ErrorRequestHandler {
  const budget = new RefusalBudget();
  return async (error: unknown, request, response, next) => {
    if (error instanceof SiskinError && audited.has(error.code) && isAttempt(error, request)) {
      const address = request.ip ?? 'unknown';
      const suppressed = budget.take(address);
      if (suppressed !== null) await note(refusalOf(error, request, response, suppressed), { audit, log });
    }
    next(error);
  };
}

/** Somebody who only looks, and shows no token at all, tries nothing: every crawler does it. */
const isAttempt = ({ code }: SiskinError, { headers, method }: Request): boolean =>
  code !== 'TOKEN_MISSING' || headers.authorization !== undefined || method !== 'GET';

async function note(
  refusal: AuditNote,
  { audit, log }: Pick<ApiDependencies, 'audit' | 'log'>,
): Promise<void> {
  try {
    await audit.add(refusal);
  } catch (error) {
    log.error({ error: messageOf(error) }, 'a refusal could not be written into the audit log');
  }
}

const nobody: Actor = { kind: 'api', name: 'unknown' };

function refusalOf(
  { code }: SiskinError,
  request: Request,
  response: Response,
  suppressed: number,
): AuditNote {
  const [, app = '', environment = ''] = /\/apps\/([^/]+)\/environments\/([^/]+)/.exec(request.path) ?? [];
  const known = namePattern.test(app) && namePattern.test(environment);
  return {
    actor: (response.locals.actor as Actor | undefined) ?? nobody,
    from: request.ip ?? null,
    action: 'refused',
    detail: {
      code,
      method: request.method,
      path: request.path.slice(0, 200),
      ...(known && { environment: `${app}/${environment}` }),
      ...(suppressed > 0 && { notWritten: suppressed }),
    },
  };
}
