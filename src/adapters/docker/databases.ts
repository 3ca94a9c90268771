import type Docker from 'dockerode';
import type { SavedDatabase } from '../../domain/backup/manifest.ts';
import {
  type DatabaseLogin,
  dumpCall,
  type ProgramCall,
  readOnlyCalls,
  restoreCall,
  versionCall,
} from '../../domain/backup/programs.ts';
import type { ErrorCode } from '../../domain/errors/catalogue.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Chunks, DatabaseAt, Databases, ServerFacts } from '../../pipeline/backup/ports.ts';
import { LooksWhole } from './dump-shape.ts';
import { reachingEngine } from './engine-errors.ts';
import { execIn, textOf } from './exec.ts';
import { findContainer } from './find-container.ts';
import { rehearse } from './rehearsal.ts';

export interface DockerDatabasesOptions {
  /** Reads a password file. */
  readSecret: (path: string) => Promise<string>;
}

/** Databases in containers of one engine, by the programs that their own images bring. */
export class DockerDatabases implements Databases {
  readonly #docker: Docker;
  readonly #readSecret: (path: string) => Promise<string>;

  constructor(docker: Docker, { readSecret }: DockerDatabasesOptions) {
    this.#docker = docker;
    this.#readSecret = readSecret;
  }

  async facts(database: DatabaseAt): Promise<ServerFacts> {
    const { image, imageId } = await findContainer(this.#docker, database.container);
    const login = await this.#login(database);
    const version = await this.#run(database, versionCall(login), 'BACKUP_FAILED', 'asked for its version');
    return { kind: database.kind, version, image, imageId };
  }

  async dump<T>(database: DatabaseAt, take: (chunks: Chunks) => Promise<T>): Promise<T> {
    const { id } = await findContainer(this.#docker, database.container);
    const call = dumpCall(await this.#login(database));
    const shape = new LooksWhole(database.kind);
    const { exitCode, errors, value } = await execIn(this.#docker, id, call, (output) =>
      take(shape.watch(output)),
    ).catch((error: unknown) => {
      throw failed('BACKUP_FAILED', `the dump of ${database.name} broke off: ${messageOf(error)}`, error);
    });
    if (exitCode !== 0) throw failed('BACKUP_FAILED', sentence(call, database, exitCode, errors));
    const why = shape.problem();
    if (why !== null) throw failed('BACKUP_FAILED', `the dump of ${database.name} ${why}`);
    return value;
  }

  async restore(database: DatabaseAt, dump: Chunks): Promise<void> {
    const { id } = await findContainer(this.#docker, database.container);
    const call = restoreCall(await this.#login(database));
    const { exitCode, errors } = await execIn(this.#docker, id, call, textOf, dump).catch(
      (error: unknown) => {
        throw failed('RESTORE_FAILED', `restoring ${database.name} broke off: ${messageOf(error)}`, error);
      },
    );
    if (exitCode !== 0) throw failed('RESTORE_FAILED', sentence(call, database, exitCode, errors));
  }

  rehearse(saved: SavedDatabase, dump: () => Chunks): Promise<{ tables: number; rows: number }> {
    return rehearse(this.#docker, saved, dump);
  }

  /** Makes a PostgreSQL database refuse writes, or take them again. @throws SiskinError RESTORE_FAILED */
  async setReadOnly(database: DatabaseAt, readOnly: boolean): Promise<void> {
    for (const call of readOnlyCalls(await this.#login(database), readOnly))
      await this.#run(database, call, 'RESTORE_FAILED', readOnly ? 'made read-only' : 'made writable');
  }

  async #run(database: DatabaseAt, call: ProgramCall, code: ErrorCode, does: string): Promise<string> {
    const { id } = await findContainer(this.#docker, database.container);
    const { exitCode, errors, value } = await execIn(this.#docker, id, call, textOf);
    if (exitCode === 0) return value;
    throw failed(
      code,
      `${database.name} could not be ${does}: ${sentence(call, database, exitCode, errors)}`,
    );
  }

  /** For MySQL, what its image was given in the environment does where there is no file. */
  async #login({ container, kind, database, user, passwordFile }: DatabaseAt): Promise<DatabaseLogin> {
    const login = { kind, database, user };
    if (passwordFile !== undefined)
      return { ...login, password: (await this.#readSecret(passwordFile)).trim() };
    if (kind === 'postgres') return login;
    const { id } = await findContainer(this.#docker, container);
    const { Config } = await reachingEngine(() => this.#docker.getContainer(id).inspect());
    const own =
      user === 'root'
        ? ['MARIADB_ROOT_PASSWORD', 'MYSQL_ROOT_PASSWORD']
        : ['MARIADB_PASSWORD', 'MYSQL_PASSWORD'];
    const found = Config.Env.map((line) => line.split(/=(.*)/s)).find(([name = '']) => own.includes(name));
    return found?.[1] === undefined ? login : { ...login, password: found[1] };
  }
}

function sentence(
  { words }: ProgramCall,
  { name }: DatabaseAt,
  exitCode: number | null,
  errors: string,
): string {
  const ended = exitCode === null ? 'was cut off' : `ended with exit code ${exitCode}`;
  const last = errors
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .split('\n')
    .slice(-3)
    .join(' ')
    .slice(0, 600);
  return `${words[0]} of ${name} ${ended}${last === '' ? '' : `: ${last}`}`;
}

const failed = (code: ErrorCode, message: string, cause?: unknown): SiskinError =>
  cause instanceof SiskinError ? cause : new SiskinError(code, message, cause === undefined ? {} : { cause });
