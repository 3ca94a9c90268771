import process from 'node:process';
import type { Command } from 'commander';
import { configPath } from './local/local-config.ts';
import { leaveSoon, untilStopped } from './local/until-stopped.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

/** `siskin up`: everything in one process. */
export function registerUp(program: Command, io: Io): void {
  program
    .command('up')
    .description(
      'run the server and its workers, with a Redis, HAProxy and Prometheus of its own unless configured',
    )
    .addHelpText(
      'after',
      `${example('siskin up --config /etc/siskin/siskin.yaml')}
Signals:
  SIGTERM, SIGINT  end it and all that it started
  SIGHUP           as a service: read siskin.yaml again for the front alone, which
                   goes on serving
`,
    )
    .action(async (_options: unknown, command: Command) => {
      // The other verbs do not wait until all of Siskin is loaded.
      const { startUp } = await import('../../workers/up.ts');
      const siskin = await startUp(configPath(command, io), io.env);
      const follow = () => void siskin.followFront();
      // A terminal that is closed says the same word: there it ends Siskin, as ever.
      if (!process.stdin.isTTY) process.on('SIGHUP', follow);
      await untilStopped();
      process.off('SIGHUP', follow);
      await siskin.stop();
      leaveSoon();
    });
}
