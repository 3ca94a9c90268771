import type { Command } from 'commander';
import { appListSchema } from '../api/schemas.ts';
import { connect } from './client/context.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';
import { writeTable } from './view/table.ts';

/** `siskin apps` */
export function registerApps(program: Command, io: Io): void {
  program
    .command('apps')
    .description('the apps and environments, and what each one runs')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin apps'))
    .action(async (options: { json?: boolean }, command: Command) => {
      const client = await connect(command, io);
      const list = await client.get('/api/v1/apps', appListSchema);
      if (options.json) return writeJson(io, list);
      const rows = list.apps.flatMap(({ app, repository, environments }) =>
        environments.map(({ environment, branch, current, routes }) => [
          app,
          environment,
          branch,
          current ?? '-',
          routes.map(({ host, path, service }) => host + path + (service ? `→${service}` : '')).join(' '),
          repository,
        ]),
      );
      const headers = ['APP', 'ENVIRONMENT', 'BRANCH', 'RELEASE', 'ROUTES', 'REPOSITORY'];
      writeTable(io, headers, rows, 'No apps: write one into siskin.yaml.');
    });
}
