import { type Command, CommanderError } from 'commander';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { composeOf } from './compose.ts';
import { loadBundle } from './load-bundle.ts';

/** The service of siskin/docker-compose.yml that runs for the length of one command. */
const service = 'siskin-cli';

/** `siskin host cli FOLDER WORDS…` */
export function addCli(host: Command, io: Io): void {
  host
    .command('cli')
    .description("siskin's command line beside the Siskin that runs in containers, in a container of its own")
    .argument('<folder>', 'the folder')
    .argument('[words...]', 'what comes after siskin, e.g. status')
    // Options of the words are theirs, not this one's.
    .allowUnknownOption()
    .addHelpText(
      'after',
      example(
        'siskin host cli /srv/host status',
        'siskin host cli /srv/host deploy shop production --wait',
        'siskin host cli /srv/host secrets set shop production TOKEN < token.txt',
      ),
    )
    .action(async (folder: string, words: string[]) => {
      const { project, profiles, parts } = await loadBundle(folder);
      const part = parts.find(({ services }) => services.some((one) => one.service === service));
      if (part === undefined)
        throw new SiskinError('HOST_FOLDER_INVALID', `No part of ${folder} has the service ${service}.`, {
          hint: 'Write what is missing: siskin init host FOLDER --force, with the same answers.',
        });
      const compose = await composeOf(io.env);
      const terminal = io.input?.isTTY === true ? [] : ['-T'];
      const verb = ['run', '--rm', '--no-deps', ...terminal, service, ...words];
      const code = await compose.attached({ ...part, project, profiles }, verb);
      // It has said itself what is wrong.
      if (code !== 0)
        throw new CommanderError(code, 'siskin.host.cli', `siskin ended with exit code ${code}`);
    });
}
