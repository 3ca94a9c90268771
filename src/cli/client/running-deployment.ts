import type { Command } from 'commander';
import { actionAnswerSchema } from '../../api/schemas.ts';
import { actionPath, appArgument, environmentArgument, example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { connect } from './context.ts';
import { type ActionOptions, report } from './wait.ts';

/** A verb that gives the running deployment of an environment a command. */
export function registerCommandVerb(
  program: Command,
  io: Io,
  { verb, description }: { verb: 'promote' | 'cancel'; description: string },
): void {
  program
    .command(verb)
    .description(description)
    .addArgument(appArgument())
    .addArgument(environmentArgument())
    .option('--wait', 'until the deployment has ended')
    .option('--json', 'as JSON')
    .addHelpText('after', example(`siskin ${verb} shop production`))
    .action(async (app: string, environment: string, options: ActionOptions, command: Command) => {
      const client = await connect(command, io);
      const answer = await client.post(actionPath(app, environment, verb), {}, actionAnswerSchema);
      await report(io, client, answer, options);
    });
}
