import type { Command } from 'commander';
import { actionAnswerSchema } from '../api/schemas.ts';
import {
  actionPath,
  appArgument,
  environmentArgument,
  example,
  type NamedRelease,
  releaseArgument,
} from './arguments.ts';
import { connect } from './context.ts';
import type { Io } from './io.ts';
import { releaseNumber } from './release-of.ts';
import { type ActionOptions, report } from './wait.ts';

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
