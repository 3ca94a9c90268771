import type { Command } from 'commander';
import { deploymentSchema } from '../api/schemas.ts';
import { connect } from './client/context.ts';
import { example, idArgument } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';
import { writeDeployment } from './view/deployment.ts';

/** `siskin show ID` */
export function registerShow(program: Command, io: Io): void {
  program
    .command('show')
    .description('one deployment: its steps, its verdict and the evidence for it')
    .addArgument(idArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin show d42', 'siskin show d42 --json'))
    .action(async (id: string, options: { json?: boolean }, command: Command) => {
      const client = await connect(command, io);
      const deployment = await client.get(`/api/v1/deployments/${id}`, deploymentSchema);
      if (options.json) writeJson(io, deployment);
      else writeDeployment(io, deployment, new Date());
    });
}
