import type { GithubRepository } from '../../domain/github/repository.ts';
import { deploymentNumber, tellsOf, type WantedOnGithub } from '../../domain/github/wanted.ts';
import { anything, commitStatusesSchema } from './answers.ts';
import type { GithubApi } from './api.ts';
import { endpoints } from './endpoints.ts';

/**
 * Makes this the commit's status in its context, unless it is already, or a newer deployment of the same commit has
 * spoken: an end that is told late must not hide what came after it. GitHub takes 1,000 of them per commit and context.
 * @throws GithubFailure
 */
export async function sayCommitStatus(
  api: GithubApi,
  repository: GithubRepository,
  { sha, commit, deployment }: Pick<WantedOnGithub, 'sha' | 'commit' | 'deployment'>,
  signal: AbortSignal,
): Promise<void> {
  const { context, state, description, targetUrl } = commit;
  const page = { ref: sha, per_page: 100 };
  const all = await api.ask(endpoints.listCommitStatuses, repository, page, commitStatusesSchema, signal);
  const ours = all.filter((one) => one.context === context);
  const newer = ours.some(
    (one) => (tellsOf(one.description) ?? 0) > deploymentNumber(deployment.mark.deployment),
  );
  if (newer) return;
  const now = ours.reduce<(typeof ours)[number] | undefined>(
    (newest, one) => (newest === undefined || BigInt(one.id) > BigInt(newest.id) ? one : newest),
    undefined,
  );
  if (now?.state === state && now.description === description) return;
  const body = { sha, state, context, description, ...(targetUrl !== null && { target_url: targetUrl }) };
  await api.ask(endpoints.createCommitStatus, repository, body, anything, signal);
}
