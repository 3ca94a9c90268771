import type { Command } from 'commander';
import { configPath } from './local/local-config.ts';
import { leaveSoon, untilStopped } from './local/until-stopped.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

/** `siskin server`: the receiver and the API, for a Redis that is shared with workers. */
export function registerServer(program: Command, io: Io): void {
  program
    .command('server')
    .description('run the webhook receiver and the API alone; the workers run elsewhere on the same Redis')
    .addHelpText('after', example('siskin server --config /etc/siskin/siskin.yaml'))
    .action(async (_options: unknown, command: Command) => {
      // The other verbs do not wait until all of Siskin is loaded.
      const { startServerAlone } = await import('../../workers/separate.ts');
      const server = await startServerAlone(configPath(command, io), io.env);
      await untilStopped();
      await server.stop();
      leaveSoon();
    });
}
