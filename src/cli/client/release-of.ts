import { type ReleaseView, releaseListSchema } from '../../api/schemas.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { actionPath, type NamedRelease } from '../terminal/arguments.ts';
import type { Client } from './client.ts';

/**
 * The number of the release that a person named.
 * @throws SiskinError RELEASE_UNKNOWN, RELEASE_AMBIGUOUS
 */
export async function releaseNumber(
  client: Client,
  app: string,
  environment: string,
  named: NamedRelease,
): Promise<string> {
  if ('release' in named) return named.release;
  const { releases } = await client.get(actionPath(app, environment, 'releases'), releaseListSchema);
  return releaseOfCommit(named.sha, releases);
}

/** @param prefix at least 7 hex digits of a commit's id @throws SiskinError RELEASE_UNKNOWN, RELEASE_AMBIGUOUS */
export function releaseOfCommit(prefix: string, releases: readonly ReleaseView[]): string {
  const matching = releases.filter(({ sha }) => sha.startsWith(prefix));
  const built = matching.filter((one) => one.built);
  const [only, another] = built;
  if (only !== undefined && another === undefined) return only.release;
  if (only !== undefined) {
    const list = built
      .slice(0, 10)
      .map(({ release, sha, title }) => `${release} ${sha.slice(0, 12)} ${title}`);
    throw new SiskinError('RELEASE_AMBIGUOUS', `${prefix} is ${built.length} releases: ${list.join('; ')}`);
  }
  const message =
    matching.length > 0
      ? `${matching.map(({ release }) => release).join(', ')} of commit ${prefix} has no image to go back to.`
      : `No release that is kept has a commit that begins with ${prefix}.`;
  throw new SiskinError('RELEASE_UNKNOWN', message);
}
