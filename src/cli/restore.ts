import type { Command } from 'commander';
import { loadSiskinConfig, type SiskinConfig } from '../config/siskin-config.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { DatabaseAt, Tell } from '../pipeline/backup/ports.ts';
import { planRestore, rehearseRestore, targetsOf } from '../pipeline/backup/restore-backup.ts';
import { unfinishedWords } from './backup/unfinished.ts';
import { auditLocally } from './local/audit-locally.ts';
import { configPath, readLocalConfig } from './local/local-config.ts';
import { example } from './terminal/arguments.ts';
import { askFirst } from './terminal/confirm.ts';
import type { Io } from './terminal/io.ts';
import { neutral, writeJson } from './terminal/output.ts';

interface RestoreOptions {
  test?: boolean;
  siskin?: boolean;
  into?: string[];
  yes?: boolean;
  json?: boolean;
}

/** `siskin restore ID` */
export function registerRestore(program: Command, io: Io): void {
  program
    .command('restore')
    .description('put a backup in the place of what is there, after its checksums were compared')
    .argument('<id>', 'the backup, see `siskin backup list`')
    .option('--test', 'restore its databases into containers of their own, count, and remove them again')
    .option(
      '--into <old=new...>',
      'only these of the backup, each into another database or volume, e.g. shop=shop_copy',
    )
    .option('--siskin', "only Siskin's own state, into a dataDir without one, while Siskin does not run")
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      example(
        'siskin restore 20261125T020000Z-3f9a11c2 --test',
        'siskin restore 20261125T020000Z-3f9a11c2',
        'siskin restore 20261125T020000Z-3f9a11c2 --into shop=shop_copy --yes',
        'siskin restore 20261125T020000Z-3f9a11c2 --siskin',
      ),
    )
    .action(async (id: string, options: RestoreOptions, command: Command) => {
      const path = configPath(command, io);
      const config = await loadSiskinConfig(path, io.env);
      const tell: Tell = (line) => void (options.json || io.write(`${neutral(line)}\n`));
      const result = options.test
        ? await rehearsed(config, id, tell)
        : options.siskin
          ? await siskinRestored(io, config, id, path, tell)
          : await restored(io, config, id, path, options, tell);
      if (options.json) writeJson(io, result);
    });
}

async function rehearsed(config: SiskinConfig, id: string, tell: Tell) {
  const { backupWorld } = await import('../../workers/backup.ts');
  return { id, databases: await rehearseRestore(backupWorld(config), id, tell) };
}

/** Asks nothing: it replaces nothing. */
async function siskinRestored(io: Io, config: SiskinConfig, id: string, path: string, tell: Tell) {
  const { restoreSiskin } = await import('../../workers/backup.ts');
  await restoreSiskin(config, id, tell);
  const { identityFile } = config.secrets;
  tell(
    `the age identity is part of no backup: ${identityFile} must be the one that the secrets were made with`,
  );
  const local = await readLocalConfig(path, io);
  if (local)
    await auditLocally(io, local, { action: 'restore', detail: { backup: id, targets: ['siskin'] } });
  return { id, restored: ['siskin'] };
}

async function restored(
  io: Io,
  config: SiskinConfig,
  id: string,
  path: string,
  { into = [], yes }: RestoreOptions,
  tell: Tell,
) {
  const { backupSettings, backupWorld, restoreLocked } = await import('../../workers/backup.ts');
  const world = backupWorld(config);
  const renamed = renames(into);
  const databases = backupSettings(config).databases.map((one): [string, DatabaseAt] => [one.name, one]);
  const plan = await planRestore(world, id, new Map(databases), renamed, tell);
  const { manifest } = plan;
  const known = [
    ...manifest.databases.map(({ name }) => name),
    ...manifest.volumes.map(({ volume }) => volume),
  ];
  const unknown = [...renamed.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new SiskinError(
      'ARGUMENT_INVALID',
      `--into names ${unknown.join(', ')}; the backup holds: ${known.join(', ')}`,
    );
  for (const note of await world.shelf.restoreNotes()) tell(unfinishedWords(note));
  const targets = targetsOf(plan);
  await askFirst(io, `Replace what is in ${targets.join(', ')} by ${id} of ${manifest.createdAt}?`, yes);
  const local = await readLocalConfig(path, io);
  if (local) await auditLocally(io, local, { action: 'restore', detail: { backup: id, targets } });
  await restoreLocked(config, plan, tell);
  return { id, restored: targets };
}

/** @throws SiskinError ARGUMENT_INVALID */
function renames(into: readonly string[]): Map<string, string> {
  return new Map(
    into.map((words): [string, string] => {
      const [, old, now] = /^([A-Za-z0-9_.-]{1,128})=([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})$/.exec(words) ?? [];
      if (old === undefined || now === undefined)
        throw new SiskinError('ARGUMENT_INVALID', `--into is OLD=NEW, not ${words}`);
      return [old, now];
    }),
  );
}
