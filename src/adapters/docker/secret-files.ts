import { chmod, lstat, mkdir, readdir, rename, rm, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../domain/errors/code-of.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type EnvironmentKey, releaseName } from '../../domain/names.ts';
import type { ReplicaRequest } from '../../pipeline/ports.ts';

type SecretsOwner = Pick<ReplicaRequest, 'app' | 'environment' | 'service' | 'release' | 'secretFiles'>;

/** statfs(2): the file systems that are memory. */
const inMemory = new Set([0x01021994, 0x858458f6]);

/**
 * The files that containers find below /run/secrets: one folder for each release, in memory, bound into its replicas.
 * The folder above all of them is its owner's alone; below it everybody may read, since a container may run as anybody.
 * See docs/adr/0015.
 */
export class SecretFiles {
  readonly #folders: readonly string[];
  #folder: string | undefined;

  /** @param folders the first of them that can be made on a tmpfs is used */
  constructor(folders: readonly string[]) {
    this.#folders = folders;
  }

  /**
   * Writes what is not there yet: replicas of one release all see the same, also one that is made later.
   * @returns the folder to bind; null when the release has no such files
   * @throws SiskinError SECRETS_NO_MEMORY_FOLDER
   */
  async place(request: SecretsOwner): Promise<string | null> {
    const files = Object.entries(request.secretFiles);
    if (files.length === 0) return null;
    this.#folder ??= await firstInMemory(this.#folders);
    const folder = join(this.#of(this.#folder, request, request.service), releaseName(request.release));
    await mkdir(folder, { recursive: true, mode: 0o755 });
    for (const [name, content] of files) await writeOnce(join(folder, name), content);
    return folder;
  }

  /** Removes the files of releases that have no replica any more. @param kept numbers of those that have */
  async sweep(key: EnvironmentKey, service: string, kept: readonly number[]): Promise<void> {
    const names = new Set(kept.map(releaseName));
    for (const folder of this.#folders) {
      const home = this.#of(folder, key, service);
      for (const release of await readdir(home).catch(nothingThere))
        if (!names.has(release)) await rm(join(home, release), { recursive: true, force: true });
    }
  }

  #of(folder: string, { app, environment }: EnvironmentKey, service: string): string {
    return join(folder, app, environment, service);
  }
}

async function writeOnce(path: string, content: string): Promise<void> {
  if (
    await lstat(path).then(
      () => true,
      () => false,
    )
  )
    return;
  const draft = `${path}.new`;
  await writeFile(draft, content, { mode: 0o444 });
  // whatever the umask is
  await chmod(draft, 0o444);
  await rename(draft, path);
}

async function firstInMemory(folders: readonly string[]): Promise<string> {
  const problems: string[] = [];
  for (const folder of folders) {
    const problem = await problemOf(folder);
    if (problem === undefined) return folder;
    problems.push(`${folder} ${problem}`);
  }
  throw new SiskinError(
    'SECRETS_NO_MEMORY_FOLDER',
    `secrets cannot be given as files: ${problems.join('; ') || 'no folder is named'}`,
  );
}

/** What keeps a folder from being used for secrets; makes it when it is not there. */
export async function problemOf(folder: string): Promise<string | undefined> {
  try {
    if (!inMemory.has((await statfs(await existing(folder))).type)) return 'is on a disk';
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const found = await lstat(folder);
    if (!found.isDirectory() || found.uid !== process.getuid?.()) return 'is another user’s';
    await chmod(folder, 0o700);
    return undefined;
  } catch (error) {
    return `cannot be made (${codeOf(error) ?? 'unknown'})`;
  }
}

/** The folder, or the nearest one above it that is there. */
async function existing(folder: string): Promise<string> {
  const found = await lstat(folder).catch(() => undefined);
  return found || folder === dirname(folder) ? folder : await existing(dirname(folder));
}

const nothingThere = (): string[] => [];
