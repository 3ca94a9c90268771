import { createHmac, hkdfSync } from 'node:crypto';
import { join } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { SecretValues } from '../../domain/secrets.ts';
import type { Secrets } from '../../pipeline/secrets.ts';
import { withFileLock } from './file-lock.ts';
import { readIdentity } from './identity.ts';
import { readSealed, type SealedContent, writeSealed } from './sealed-file.ts';

/** Whose secrets: an environment's, or with null those of all environments of the app. */
export interface SecretScope {
  app: string;
  environment: string | null;
}

/** A secret as it may be shown. */
export interface SecretEntry {
  name: string;
  environment: string | null;
  /** ISO 8601, UTC. */
  changedAt: string;
  /** How its value was given. */
  via: 'stdin' | 'prompt' | 'import';
}

const longestValue = 65_536;
/** Former values that are still masked, per file. */
const keptFormer = 100;

/** Secrets in files below Siskin's data directory, one per app and environment, each encrypted with age. */
export class SecretStore implements Secrets {
  readonly #folder: string;
  readonly #identityFile: string;

  /** @param folder where the files are, such as `<dataDir>/secrets` */
  constructor({ folder, identityFile }: { folder: string; identityFile: string }) {
    this.#folder = folder;
    this.#identityFile = identityFile;
  }

  async read({ app, environment }: EnvironmentKey): Promise<SecretValues> {
    const contents = await Promise.all([
      this.#open({ app, environment: null }),
      this.#open({ app, environment }),
    ]);
    return new Map(
      contents.flatMap((content) =>
        Object.entries(content.secrets).map(([name, { value }]): [string, string] => [name, value]),
      ),
    );
  }

  async seal(text: string): Promise<string> {
    const { identity } = await readIdentity(this.#identityFile);
    const key = hkdfSync('sha256', identity, '', 'siskin: digest of a release’s secrets', 32);
    return createHmac('sha256', new Uint8Array(key)).update(text).digest('hex').slice(0, 32);
  }

  /** Everything that must be masked for this environment: values of now and of before. @throws SiskinError as read */
  async spoken({ app, environment }: EnvironmentKey): Promise<string[]> {
    const contents = await Promise.all([
      this.#open({ app, environment: null }),
      this.#open({ app, environment }),
    ]);
    return contents.flatMap(({ secrets, former }) => [
      ...Object.values(secrets).map(({ value }) => value),
      ...former,
    ]);
  }

  /** Names, never values, by name. @throws SiskinError as read */
  async list(scope: SecretScope): Promise<SecretEntry[]> {
    const { secrets } = await this.#open(scope);
    return Object.entries(secrets)
      .map(([name, { changedAt, via }]) => ({ name, environment: scope.environment, changedAt, via }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * @returns whether anything changed
   * @throws SiskinError SECRET_VALUE_REFUSED, SECRETS_BUSY, as read
   */
  async set(
    scope: SecretScope,
    values: Record<string, string>,
    { via, now }: { via: SecretEntry['via']; now: Date },
  ): Promise<boolean> {
    for (const [name, value] of Object.entries(values)) assertValue(name, value);
    return await this.#change(scope, (content) => {
      const changed = Object.entries(values).filter(
        ([name, value]) => content.secrets[name]?.value !== value,
      );
      const replaced = changed.flatMap(([name]) => content.secrets[name]?.value ?? []);
      const changedAt = now.toISOString();
      const fresh = changed.map(([name, value]) => [name, { value, changedAt, via }] as const);
      return changed.length === 0
        ? null
        : {
            ...content,
            secrets: { ...content.secrets, ...Object.fromEntries(fresh) },
            former: [...content.former, ...replaced].slice(-keptFormer),
          };
    });
  }

  /** @returns whether there was such a secret @throws SiskinError SECRETS_BUSY, as read */
  async remove(scope: SecretScope, name: string): Promise<boolean> {
    return await this.#change(scope, (content) => {
      const { [name]: removed, ...secrets } = content.secrets;
      if (!removed) return null;
      return { ...content, secrets, former: [...content.former, removed.value].slice(-keptFormer) };
    });
  }

  async #change(
    scope: SecretScope,
    change: (content: SealedContent) => SealedContent | null,
  ): Promise<boolean> {
    const identity = await readIdentity(this.#identityFile);
    return await withFileLock(`${this.#path(scope)}.lock`, async () => {
      const next = change(await this.#open(scope));
      if (next === null) return false;
      await writeSealed(this.#path(scope), identity, next);
      return true;
    });
  }

  async #open(scope: SecretScope): Promise<SealedContent> {
    const identity = await readIdentity(this.#identityFile);
    const empty: SealedContent = { version: 1, ...scope, secrets: {}, former: [] };
    return (await readSealed(this.#path(scope), identity, scope)) ?? empty;
  }

  /** No environment's name begins with an underscore. */
  #path({ app, environment }: SecretScope): string {
    return join(this.#folder, app, `${environment ?? '_all'}.age`);
  }
}

function assertValue(name: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  const problem =
    bytes === 0
      ? 'is empty'
      : bytes > longestValue
        ? `has ${bytes} bytes`
        : value.includes('\0')
          ? 'has a NUL in it'
          : null;
  if (problem !== null) throw new SiskinError('SECRET_VALUE_REFUSED', `the value of ${name} ${problem}`);
}
