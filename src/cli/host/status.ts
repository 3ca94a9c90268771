import type { Command } from 'commander';
import { connectDocker } from '../../adapters/docker/connect.ts';
import { projectContainers } from '../../adapters/docker/project-containers.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { activeParts } from '../../domain/host/bundle.ts';
import { mebibytes } from '../../domain/host/memory.ts';
import { readiness } from '../../domain/host/readiness.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { writeTable } from '../view/table.ts';
import { activeServices, engineOf } from './compose.ts';
import { loadBundle } from './load-bundle.ts';

/** `siskin host status` */
export function addStatus(host: Command, io: Io): void {
  host
    .command('status')
    .description('what runs of the folder, and whether all that should run is healthy')
    .argument('[folder]', 'the folder', '.')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin host status /srv/host'))
    .action(async (folder: string, options: { json?: boolean }) => status(io, folder, options));
}

async function status(io: Io, folder: string, options: { json?: boolean }): Promise<void> {
  const bundle = await loadBundle(folder);
  const containers = await projectContainers(connectDocker(engineOf(io.env)), bundle.project);
  const rows = activeParts(bundle).flatMap(({ name, services }) =>
    activeServices(services, bundle.profiles).map((service) => {
      const own = containers.find((one) => one.service === service);
      const seen = readiness([service], own ? [own] : []);
      return {
        part: name,
        service,
        container: own?.name ?? null,
        state: own?.state ?? 'absent',
        health: own?.health ?? 'none',
        memoryLimit: own?.memoryLimit ?? null,
        ready: seen.kind === 'ready',
      };
    }),
  );
  if (options.json) writeJson(io, { project: bundle.project, services: rows });
  else
    writeTable(
      io,
      ['PART', 'SERVICE', 'CONTAINER', 'STATE', 'HEALTH', 'MEMORY'],
      rows.map((row) => [
        row.part,
        row.service,
        row.container ?? '',
        row.state,
        row.health,
        row.memoryLimit === null ? '' : row.memoryLimit === 0 ? 'no limit' : mebibytes(row.memoryLimit),
      ]),
      'Nothing is to run here: COMPOSE_PROFILES names no profile.',
    );
  const absent = rows.filter(({ ready }) => !ready);
  if (absent.length > 0)
    throw new SiskinError(
      'HOST_NOT_HEALTHY',
      `Not ready: ${absent.map(({ service }) => service).join(', ')}.`,
    );
}
