import type { Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { configPath } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, writeJson } from '../terminal/output.ts';

interface SyncOptions {
  dryRun?: boolean;
  imagesOnly?: boolean;
  json?: boolean;
}

/** `siskin standby sync` */
export function addSync(standby: Command, io: Io): void {
  standby
    .command('sync')
    .description('bring images, volumes and databases there; run it again when it was interrupted')
    .option('--images-only', 'only the images, before the containers there are started for the first time')
    .option('--dry-run', 'print what would be brought')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin standby sync --dry-run', 'siskin standby sync'))
    .action(async ({ dryRun, imagesOnly, json }: SyncOptions, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { bringStandbyImages, planStandbySync, syncStandby } = await import(
        '../../../workers/standby.ts'
      );
      if (dryRun) {
        const plan = await planStandbySync(config, io.env);
        return json ? writeJson(io, plan) : tell(io, plan);
      }
      const bring = imagesOnly ? bringStandbyImages : syncStandby;
      const done = await bring(config, io.env, (line) => void (json || io.write(`${neutral(line)}\n`)));
      if (json) return writeJson(io, done);
      if (imagesOnly) io.write('only images were brought: this does not count as a synchronisation\n');
      else io.write(`the standby holds what was here at ${done.at}\n`);
    });
}

function tell(
  io: Io,
  plan: {
    images: { name: string; there: boolean }[];
    volumes: { volume: string; send: string[]; remove: string[] }[];
    databases: string[];
  },
): void {
  for (const { name, there } of plan.images)
    io.write(`image ${neutral(name)}: ${there ? 'is there already' : 'would be brought'}\n`);
  for (const { volume, send, remove } of plan.volumes)
    io.write(`volume ${volume}: ${send.length} files would be sent, ${remove.length} removed\n`);
  for (const name of plan.databases) io.write(`database ${name}: would be dumped here and restored there\n`);
}
