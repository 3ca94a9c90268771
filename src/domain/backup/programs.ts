import type { DatabaseKind } from './manifest.ts';

/** A program run in a database's container. No word of it is a secret. */
export interface ProgramCall {
  words: string[];
  env: Record<string, string>;
}

export interface DatabaseLogin {
  kind: DatabaseKind;
  database: string;
  user: string;
  /** Goes by environment. Absent: not needed. */
  password?: string;
}

/** A standby's databases refuse writes by default; a restore is what may write all the same. */
const writing = { PGOPTIONS: '-c default_transaction_read_only=off' };

/** Writes the whole database to standard output. */
export const dumpCall = (login: DatabaseLogin): ProgramCall =>
  login.kind === 'postgres'
    ? postgres(login, 'pg_dump', ['--format=custom'])
    : mysql(login, login.kind === 'mariadb' ? 'mariadb-dump' : 'mysqldump', [
        '--single-transaction',
        '--routines',
        '--triggers',
        '--events',
        '--no-tablespaces',
        login.database,
      ]);

/** Reads such a dump from standard input and puts it in the place of what is there: for PostgreSQL all of it or nothing. */
export const restoreCall = (login: DatabaseLogin, { anyOwner = false } = {}): ProgramCall => {
  if (login.kind !== 'postgres') return mysql(login, client(login.kind), [login.database]);
  const asWhole = ['--clean', '--if-exists', '--single-transaction', '--exit-on-error'];
  const { words, env } = postgres(login, 'pg_restore', [
    ...asWhole,
    ...(anyOwner ? ['--no-owner', '--no-privileges'] : []),
  ]);
  return { words, env: { ...env, ...writing } };
};

/** Prints the server's version. */
export const versionCall = (login: DatabaseLogin): ProgramCall =>
  login.kind === 'postgres'
    ? query(login, 'show server_version')
    : mysql(login, client(login.kind), ['--skip-column-names', '--batch', '--execute=select version()']);

/** Prints `schema.table<TAB>rows` for each table. */
export const countCall = (login: DatabaseLogin): ProgramCall => query(login, countRows);

/** Lists what a dump on standard input holds. */
export const listCall = (): ProgramCall => ({ words: ['pg_restore', '--list'], env: {} });

/** Succeeds when the server takes connections over TCP, which it does not while its image still sets it up. */
export const readyCall = (login: DatabaseLogin): ProgramCall => ({
  words: ['pg_isready', '--host=127.0.0.1', '--quiet', `--username=${login.user}`],
  env: {},
});

/** Makes a PostgreSQL database refuse writes by default, or lets it take them again, and ends the sessions that began before. */
export const readOnlyCalls = (login: DatabaseLogin, readOnly: boolean): ProgramCall[] => {
  const name = `"${login.database.replaceAll('"', '""')}"`;
  const set = readOnly
    ? `alter database ${name} set default_transaction_read_only = on`
    : `alter database ${name} reset default_transaction_read_only`;
  const end =
    'select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()';
  return [set, end].map((statement) => {
    const { words, env } = query(login, statement);
    return { words, env: { ...env, ...writing } };
  });
};

const countRows = `select n.nspname || '.' || c.relname,
  (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', n.nspname, c.relname), false, true, '')))[1]
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_' order by 1`;

const query = (login: DatabaseLogin, statement: string): ProgramCall =>
  postgres(login, 'psql', [
    '--no-psqlrc',
    '--tuples-only',
    '--no-align',
    '--field-separator=\t',
    '--set=ON_ERROR_STOP=1',
    `--command=${statement}`,
  ]);

const postgres = (
  { user, database, password }: DatabaseLogin,
  program: string,
  words: string[],
): ProgramCall => ({
  words: [program, '--no-password', `--username=${user}`, `--dbname=${database}`, ...words],
  env: password === undefined ? {} : { PGPASSWORD: password },
});

const mysql = ({ user, password }: DatabaseLogin, program: string, words: string[]): ProgramCall => ({
  words: [program, `--user=${user}`, ...words],
  env: password === undefined ? {} : { MYSQL_PWD: password },
});

const client = (kind: DatabaseKind): string => (kind === 'mariadb' ? 'mariadb' : 'mysql');
