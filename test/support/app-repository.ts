import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';

const exec = promisify(execFile);
const fixture = join(import.meta.dirname, '..', '..', 'deploy-templates', 'apps', 'demo');

/** behaviour.json of deploy-templates/apps/demo; what is absent keeps the fixture's default. Times in milliseconds. */
export interface Behaviour {
  release: string;
  bootMs?: number;
  crashAtBoot?: boolean;
  healthy?: boolean;
  smokeStatus?: number;
  onSigterm?: 'exit' | 'ignore' | 'graceful';
  slowMs?: number;
  failShare?: number;
  failAfterRequests?: number;
  failAfterMs?: number;
  failUntilMs?: number;
  latencyMs?: number;
  dependsOn?: string;
  dieAfterMs?: number;
  keepAliveMs?: number;
}

/** What a variant changes besides the behaviour. */
export interface VariantChange {
  /** Replaces the whole Compose file; see composeText. */
  compose?: string;
  /** Replaces the Dockerfile. */
  dockerfile?: string;
  /** More files, by path. */
  files?: Record<string, string>;
  /** The branch; `release` when absent. */
  branch?: string;
  message?: string;
}

export interface AppRepository {
  /** Folder of the working tree; also usable as the repository to clone or fetch from. */
  path: string;
  /** @returns the output of git in the repository */
  git(...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A Dockerfile that always fails, with a last line to look for. */
export const brokenDockerfile = [
  'FROM node:20-bookworm-slim',
  `RUN ["node", "-e", "console.error('src/shop.ts(12,7): error TS2322: planted by the test'); process.exit(2)"]`,
  '',
].join('\n');

/** Makes an empty git repository in a temporary folder. Nothing of the user's git configuration is read. */
export async function createAppRepository(): Promise<AppRepository> {
  const path = await mkdtemp(join(tmpdir(), 'siskin-app-'));
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await exec('git', args, {
      cwd: path,
      env: gitEnvironment(),
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.trim();
  };
  await git('init', '--quiet', '--initial-branch=release');
  return { path, git, remove: () => rm(path, { recursive: true, force: true }) };
}

/**
 * Commits the fixture app with this behaviour to a branch.
 * @returns the commit's full SHA
 */
export async function commitVariant(
  repository: AppRepository,
  behaviour: Behaviour,
  change: VariantChange = {},
): Promise<string> {
  await onBranch(repository, change.branch ?? 'release');
  await cp(fixture, repository.path, { recursive: true });
  await put(repository, 'behaviour.json', `${JSON.stringify(behaviour, null, 2)}\n`);
  if (change.compose !== undefined) await put(repository, 'docker-compose.yml', change.compose);
  if (change.dockerfile !== undefined) await put(repository, 'Dockerfile', change.dockerfile);
  for (const [path, content] of Object.entries(change.files ?? {})) await put(repository, path, content);
  await repository.git('add', '--all');
  const message = change.message ?? `release ${behaviour.release}`;
  await repository.git('commit', '--quiet', '--allow-empty', '--message', message);
  return repository.git('rev-parse', 'HEAD');
}

/**
 * The fixture's Compose file with keys of the service replaced; `x-siskin` and `deploy` are merged key by key.
 * @param service e.g. `{ deploy: { replicas: 2 }, 'x-siskin': { drain: { timeout: '3s' } } }`
 */
export async function composeText(service: Record<string, unknown>): Promise<string> {
  const document: unknown = parse(await readFile(join(fixture, 'docker-compose.yml'), 'utf8'));
  const base = asRecord(asRecord(asRecord(document).services).web);
  const merged = { ...base, ...service };
  for (const key of ['x-siskin', 'deploy'])
    merged[key] = { ...asRecord(base[key]), ...asRecord(service[key]) };
  return stringify({ services: { web: merged } });
}

const asRecord = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};

async function onBranch(repository: AppRepository, branch: string): Promise<void> {
  if ((await repository.git('branch', '--show-current')) === branch) return;
  const exists = await repository.git('branch', '--list', branch);
  await repository.git('switch', '--quiet', ...(exists === '' ? ['--create', branch] : [branch]));
}

async function put(repository: AppRepository, path: string, content: string): Promise<void> {
  const target = join(repository.path, path);
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}

const gitEnvironment = () => ({
  PATH: process.env.PATH ?? '',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
});
