import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { codeOf } from '../../domain/errors/code-of.ts';
import { namePattern } from '../../domain/names.ts';
import type { SealedFile, SecretFiles } from '../../pipeline/backup/ports.ts';

const ending = '.age';

/**
 * The files of the secret store, `APP/ENVIRONMENT.age`, as they lie there. The identity is not one of them, nor is what somebody
 * else has laid there, such as `production.old.age`: the store would not open it.
 */
export class FolderOfSecretFiles implements SecretFiles {
  readonly #folder: string;
  readonly #identityFile: string;

  /** @param identityFile never read, wherever it lies */
  constructor({ folder, identityFile }: { folder: string; identityFile: string }) {
    this.#folder = folder;
    this.#identityFile = identityFile;
  }

  async list(): Promise<SealedFile[]> {
    const files: SealedFile[] = [];
    const apps = (await entriesOf(this.#folder)).filter((entry) => entry.isDirectory());
    for (const { name: app } of apps)
      for (const entry of await entriesOf(join(this.#folder, app))) {
        const path = join(this.#folder, app, entry.name);
        const environment = basename(entry.name, ending);
        const isOurs = entry.isFile() && entry.name.endsWith(ending) && isScope(app, environment);
        if (!isOurs || path === this.#identityFile) continue;
        files.push({ app, environment, bytes: await readFile(path) });
      }
    return files;
  }

  async add({ app, environment, bytes }: SealedFile): Promise<void> {
    await mkdir(join(this.#folder, app), { recursive: true, mode: 0o700 });
    const path = join(this.#folder, app, `${environment}${ending}`);
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600, flush: true });
  }
}

const isScope = (app: string, environment: string): boolean =>
  namePattern.test(app) && (environment === '_all' || namePattern.test(environment));

/** None where there is no folder. */
async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}
