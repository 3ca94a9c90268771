import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { GithubApi } from './api.ts';
import { AppCredentials } from './credentials.ts';
import { GithubFailure } from './failure.ts';

/**
 * For git over https: an App's installation token, with the user name that GitHub wants beside it ("Authenticating as a
 * GitHub App installation"). New shortly before the old one ends.
 * @returns for an address: null when it is not on that GitHub, not https, or the App is not installed there (it may be public)
 * @throws SiskinError SOURCE_UNREACHABLE when GitHub takes no request now: it is waited for as its git would be
 * @throws GithubFailure when it does not accept the App
 */
export function installationCredentials(
  api: GithubApi,
): (repository: string) => Promise<{ username: string; password: string } | null> {
  return async (address) => {
    const repository = api.repository(address);
    if (repository === null || !(api.credentials instanceof AppCredentials)) return null;
    if (!/^https:\/\//i.test(address)) return null;
    try {
      const { token } = await api.credentials.token(repository);
      return { username: 'x-access-token', password: token };
    } catch (error) {
      if (!(error instanceof GithubFailure)) throw error;
      if (error.status === 404) return null;
      if (error.needsPerson) throw error;
      throw new SiskinError('SOURCE_UNREACHABLE', error.message, { cause: error });
    }
  };
}
