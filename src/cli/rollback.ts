import type { Command } from 'commander';
import { actionAnswerSchema } from '../api/schemas.ts';
import { connect } from './client/context.ts';
import { releaseNumber } from './client/release-of.ts';
import { type ActionOptions, report } from './client/wait.ts';
import {
  actionPath,
  appArgument,
  environmentArgument,
  example,
  type NamedRelease,
  releaseArgument,
} from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

/** `siskin rollback APP ENV [RELEASE] [--wait]` */
export function registerRollback(program: Command, io: Io): void {
  program
    .command('rollback')
    .description('go back: undo what is being deployed, or bring an earlier release again')
    .addArgument(appArgument())
    .addArgument(environmentArgument())
    .addArgument(releaseArgument())
    .option('--wait', 'until it has ended; exit 1 unless it worked')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      example(
        'siskin rollback shop production',
        'siskin rollback shop production r12 --wait',
        'siskin rollback shop production 4f2c1ab',
      ),
    )
    .action(
      async (
        app: string,
        environment: string,
        named: NamedRelease | undefined,
        options: ActionOptions,
        command,
      ) => {
        const client = await connect(command, io);
        const body =
          named === undefined ? {} : { release: await releaseNumber(client, app, environment, named) };
        const answer = await client.post(actionPath(app, environment, 'rollback'), body, actionAnswerSchema);
        await report(io, client, answer, options);
      },
    );
}
