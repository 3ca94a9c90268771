import { type Command, InvalidArgumentError, Option } from 'commander';
import { actionAnswerSchema } from '../api/schemas.ts';
import { shaPattern } from '../domain/names.ts';
import { connect } from './client/context.ts';
import { type ActionOptions, report } from './client/wait.ts';
import { actionPath, appArgument, environmentArgument, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

/** `siskin deploy APP ENV [--ref BRANCH|--sha SHA] [--wait]` */
export function registerDeploy(program: Command, io: Io): void {
  program
    .command('deploy')
    .description("deploy the head of the environment's branch, or one commit of it")
    .addArgument(appArgument())
    .addArgument(environmentArgument())
    .addOption(new Option('--ref <branch>', "the environment's branch").conflicts('sha'))
    .addOption(new Option('--sha <sha>', 'a full commit id').argParser(fullSha))
    .option('--wait', 'until it has ended; exit 1 unless it succeeded')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin deploy shop production --wait'))
    .action(async (app: string, environment: string, options, command: Command) => {
      const client = await connect(command, io);
      const { ref, sha }: { ref?: string; sha?: string } = options;
      const body = { ...(ref !== undefined && { ref }), ...(sha !== undefined && { sha }) };
      const answer = await client.post(actionPath(app, environment, 'deploy'), body, actionAnswerSchema);
      const { wait, json }: ActionOptions = options;
      await report(io, client, answer, { wait: wait === true, json: json === true });
    });
}

function fullSha(text: string): string {
  if (shaPattern.test(text)) return text;
  throw new InvalidArgumentError('A commit is named by its full 40 hexadecimal digits.');
}
