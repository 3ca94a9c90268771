import { createHash, timingSafeEqual } from 'node:crypto';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Actor } from '../domain/deployment.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { ApiToken, Role } from './ports.ts';

const rank: Record<Role, number> = { viewer: 0, deployer: 1, admin: 2 };

/** What stands in siskin.yaml for a token: SHA-256, hex. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/**
 * Lets those pass whose bearer token has at least the role; who it is is then `response.locals.actor`.
 * @throws SiskinError (to the error handler) TOKEN_MISSING, ROLE_TOO_LOW
 */
export const requireRole =
  (tokens: readonly ApiToken[], role: Role): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    const token = tokenOf(tokens, request.headers.authorization);
    if (token === null) throw new SiskinError('TOKEN_MISSING', 'A valid bearer token is needed.');
    response.locals.actor = actorOf(token, request);
    if (rank[token.role] < rank[role]) {
      throw new SiskinError(
        'ROLE_TOO_LOW',
        `This needs the role ${role}; the token ${token.name} is a ${token.role}.`,
      );
    }
    next();
  };

/** On the server itself the command line tells whose it is; who may read its token may say so. */
function actorOf({ name, ofCommandLine }: ApiToken, request: Request): Actor {
  const user = request.get('x-siskin-user');
  const told = ofCommandLine === true && isLocal(request) && /^[\w.@-]{1,64}$/.test(user ?? '');
  return told ? { kind: 'cli', name: user ?? '' } : { kind: 'api', name };
}

/** All hashes are compared, each in constant time, so that the time tells nothing. */
export function tokenOf(tokens: readonly ApiToken[], authorization: string | undefined): ApiToken | null {
  const [, given] = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '') ?? [];
  if (given === undefined) return null;
  const hash = Buffer.from(hashToken(given), 'hex');
  let found: ApiToken | null = null;
  for (const token of tokens) {
    const expected = Buffer.from(token.hash.replace(/^sha256:/, ''), 'hex');
    if (expected.length === hash.length && timingSafeEqual(expected, hash)) found = token;
  }
  return found;
}

/** Whether the request comes from this machine itself: not through a proxy on it, and not from a page whose name was bound to it. */
export function isLocal(request: Request): boolean {
  const proxied = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'].some((name) => request.headers[name]);
  const address = request.socket.remoteAddress ?? '';
  const host = (request.headers.host ?? '').replace(/:\d+$/, '');
  return (
    !proxied &&
    /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address) &&
    /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host)
  );
}
