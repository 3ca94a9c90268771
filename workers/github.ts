import { GithubApi } from '../src/adapters/github/api.ts';
import type { GithubIdentity } from '../src/adapters/github/credentials.ts';
import { GithubChannel } from '../src/adapters/github/github-channel.ts';
import { readGithubAppKey } from '../src/config/github-key.ts';
import type { GithubAuth, SiskinConfig } from '../src/config/siskin-config.ts';

/** @returns null without github.token and github.app @throws SiskinError KEY_FILE_EXPOSED, KEY_FILE_INVALID, CONFIG_UNREADABLE */
export async function openGithub({ github }: SiskinConfig): Promise<GithubApi | null> {
  if (github.auth === undefined) return null;
  return new GithubApi({ apiUrl: github.apiUrl, identity: await identityOf(github.auth) });
}

async function identityOf(auth: GithubAuth): Promise<GithubIdentity> {
  if (auth.kind === 'token') return auth;
  const { privateKeyFile, ...app } = auth;
  return { ...app, privateKey: await readGithubAppKey(privateKeyFile) };
}

/** @returns null when siskin.yaml wants nothing told there */
export function githubChannel(
  { github, server, apps }: SiskinConfig,
  api: GithubApi | null,
): GithubChannel | null {
  if (api === null || (!github.deployments && !github.statuses)) return null;
  return new GithubChannel({
    api,
    deployments: github.deployments,
    statuses: github.statuses,
    publicUrl: withoutSlash(server.publicUrl),
    repositories: apps.map(({ repository }) => repository),
  });
}

const withoutSlash = (url: string | undefined): string | null => url?.replace(/\/+$/, '') ?? null;
