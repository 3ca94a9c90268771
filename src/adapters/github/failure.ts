import type { ErrorCode } from '../../domain/errors/catalogue.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { plainLine } from '../../domain/github/plain.ts';
import { fullName, type GithubRepository } from '../../domain/github/repository.ts';
import type { Endpoint } from './endpoints.ts';
import { type ErrorAnswer, rateLimitMs } from './rate-limit.ts';

/** What GitHub answered instead of doing it. */
export class GithubFailure extends SiskinError {
  /** HTTP status; null when nothing came. */
  readonly status: number | null;
  /** GitHub asked for this much patience, in ms. */
  readonly retryAfterMs: number | null;
  /** To ask again helps only when a person has changed something. */
  readonly needsPerson: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    more: { status?: number; retryAfterMs?: number; needsPerson?: boolean; cause?: unknown } = {},
  ) {
    super(code, message, more.cause === undefined ? {} : { cause: more.cause });
    this.name = 'GithubFailure';
    this.status = more.status ?? null;
    this.retryAfterMs = more.retryAfterMs ?? null;
    this.needsPerson = more.needsPerson ?? false;
  }
}

/**
 * @param answer null when none came
 * @param now epoch ms
 */
export function failureOf(
  answer: ErrorAnswer | null,
  { does, permission }: Endpoint,
  repository: GithubRepository,
  now: number,
  cause: unknown,
): GithubFailure {
  const subject = `${does} ${fullName(repository)}`;
  if (answer === null) {
    const message = `GitHub did not answer when asked to ${subject}: ${plainLine(messageOf(cause))}`;
    return new GithubFailure('GITHUB_UNREACHABLE', message, { cause });
  }
  const { status } = answer;
  const said = `${status}, ${plainLine(answer.message, 200)}`;
  const retryAfterMs = rateLimitMs(answer, now);
  const more = { status, cause, ...(retryAfterMs !== null && { retryAfterMs }) };
  const person = { ...more, needsPerson: true };
  if (status >= 500) {
    const message = `GitHub could not ${subject}: ${said}`;
    return new GithubFailure('GITHUB_UNREACHABLE', message, more);
  }
  if (retryAfterMs !== null) {
    const seconds = Math.ceil(retryAfterMs / 1000);
    const message = `GitHub takes no more requests for ${seconds} s (${said})`;
    return new GithubFailure('GITHUB_RATE_LIMITED', message, more);
  }
  if (status === 401) {
    const message = `GitHub does not accept Siskin's token or App when asked to ${subject} (${said})`;
    return new GithubFailure('GITHUB_TOKEN_REFUSED', message, person);
  }
  if (status === 403 || status === 404) {
    const message = `GitHub does not let Siskin ${subject}: its token or App needs ${needed(answer, permission)} (${said})`;
    return new GithubFailure('GITHUB_PERMISSION_MISSING', message, person);
  }
  return new GithubFailure('GITHUB_REFUSED', `GitHub refused to ${subject}: ${said}`, person);
}

/** GitHub names what would have been enough in a header of its own; 404 is also its answer for what may not be seen. */
function needed({ status, headers }: ErrorAnswer, permission: string): string {
  const accepted = headers['x-accepted-github-permissions'];
  const named = typeof accepted === 'string' && accepted !== '' ? ` (${plainLine(accepted)})` : '';
  const missing = permission.startsWith('to be ') ? permission : `the permission "${permission}"${named}`;
  return status === 404 ? `to see it, and ${missing}` : missing;
}
