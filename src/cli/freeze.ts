import type { Command } from 'commander';
import { type ActionAnswer, actionAnswerSchema } from '../api/schemas.ts';
import { connect } from './client/context.ts';
import { actionPath, appArgument, environmentArgument, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';

interface FreezeOptions {
  reason?: string;
  json?: boolean;
}

/** `siskin freeze APP ENV [--reason TEXT]` */
export function registerFreeze(program: Command, io: Io): void {
  verb(program, io, 'freeze')
    .description('stand still: what is being deployed stays where it is, newer pushes wait')
    .option('--reason <text>', 'why, for the others; at most 200 characters')
    .addHelpText(
      'after',
      example('siskin freeze shop production', 'siskin freeze shop production --reason "sale until six"'),
    );
}

/** `siskin unfreeze APP ENV` */
export function registerUnfreeze(program: Command, io: Io): void {
  verb(program, io, 'unfreeze')
    .description('go on: what stood still is observed anew, then what waited is deployed')
    .addHelpText('after', example('siskin unfreeze shop production'));
}

const verb = (program: Command, io: Io, name: 'freeze' | 'unfreeze'): Command =>
  program
    .command(name)
    .addArgument(appArgument())
    .addArgument(environmentArgument())
    .option('--json', 'as JSON')
    .action(async (app: string, environment: string, { reason, json }: FreezeOptions, command: Command) => {
      const client = await connect(command, io);
      const body = reason === undefined ? {} : { reason };
      const answer = await client.post(actionPath(app, environment, name), body, actionAnswerSchema);
      if (json) writeJson(io, answer);
      else io.write(`${app}/${environment} ${sentences[name](answer, `${app} ${environment}`)}\n`);
    });

const sentences: Record<'freeze' | 'unfreeze', (answer: ActionAnswer, words: string) => string> = {
  freeze: ({ deployment }, words) =>
    `is frozen${deployment === null ? '' : `, and ${deployment} with it`}; go on with: siskin unfreeze ${words}`,
  unfreeze: ({ deployment }) => `goes on${deployment === null ? '' : `, and ${deployment} with it`}`,
};
