import type { Command } from 'commander';
import { activeParts } from '../../domain/host/bundle.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, writeJson } from '../terminal/output.ts';
import { activeServices, composeOf } from './compose.ts';
import { loadBundle } from './load-bundle.ts';

interface StopOptions {
  dryRun?: boolean;
  json?: boolean;
}

/** `siskin host stop` */
export function addStop(host: Command, io: Io): void {
  host
    .command('stop')
    .description('each part, in the reverse order of start; containers, volumes and networks stay')
    .argument('[folder]', 'the folder', '.')
    .option('--dry-run', 'print what would be stopped')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin host stop /srv/host'))
    .action(async (folder: string, options: StopOptions) => stop(io, folder, options));
}

async function stop(io: Io, folder: string, options: StopOptions): Promise<void> {
  const bundle = await loadBundle(folder);
  const { project, profiles } = bundle;
  const parts = activeParts(bundle).reverse();
  const steps = parts.map(({ name, services }) => ({ name, services: activeServices(services, profiles) }));
  if (!options.dryRun) {
    const compose = await composeOf(io.env);
    for (const part of parts) {
      await compose.run({ ...part, project, profiles }, ['stop'], {
        timeoutMs: 10 * 60_000,
        signal: io.interrupted,
      });
      if (!options.json) io.write(`${paint(io, 'green', '✓')} ${part.name} stopped\n`);
    }
  }
  if (options.json) return writeJson(io, options.dryRun ? { wouldStop: steps } : { stopped: steps });
  if (options.dryRun)
    for (const [index, { name, services }] of steps.entries())
      io.write(`${index + 1}. part ${neutral(name)}: ${services.join(', ')}\n`);
}
