import type { Command } from 'commander';
import { example } from './arguments.ts';
import type { Io } from './io.ts';
import { configPath } from './local-config.ts';
import { leaveSoon, untilStopped } from './until-stopped.ts';

/** `siskin up`: everything in one process. */
export function registerUp(program: Command, io: Io): void {
  program
    .command('up')
    .description(
      'run the server and its workers, with a Redis, HAProxy and Prometheus of its own unless configured',
    )
    .addHelpText('after', example('siskin up --config /etc/siskin/siskin.yaml'))
    .action(async (_options: unknown, command: Command) => {
      // The other verbs do not wait until all of Siskin is loaded.
      const { startUp } = await import('../../workers/up.ts');
      const siskin = await startUp(configPath(command, io), io.env);
      await untilStopped();
      await siskin.stop();
      leaveSoon();
    });
}
