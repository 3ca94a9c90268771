import { z } from 'zod';
import { fullName, type GithubRepository } from '../../domain/github/repository.ts';
import type { Endpoint } from './endpoints.ts';
import { failureOf, GithubFailure } from './failure.ts';
import type { ErrorAnswer } from './rate-limit.ts';

/** Octokit's RequestError, by its form: a request without answer has status 500 and no response. */
const requestError = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()) }),
});

/** Anything that a request threw, as what it means. */
export function failureFrom(error: unknown, endpoint: Endpoint, repository: GithubRepository): GithubFailure {
  if (error instanceof GithubFailure) return error;
  if (error instanceof z.ZodError) return unexpected(error, endpoint, repository);
  return failureOf(answerIn(error), endpoint, repository, Date.now(), error);
}

function answerIn(error: unknown): ErrorAnswer | null {
  const parsed = requestError.safeParse(error);
  if (!parsed.success) return null;
  const { status, message, response } = parsed.data;
  return { status, message, headers: response.headers };
}

function unexpected(error: z.ZodError, { does }: Endpoint, repository: GithubRepository): GithubFailure {
  const issue = error.issues[0];
  const what = `${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'not as expected'}`;
  const message = `GitHub's answer to "${does} ${fullName(repository)}" is not one of its API: ${what}`;
  return new GithubFailure('GITHUB_ANSWER_INVALID', message, { cause: error });
}
