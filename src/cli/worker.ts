import type { Command } from 'commander';
import { configPath } from './local/local-config.ts';
import { leaveSoon, untilStopped } from './local/until-stopped.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';

/** `siskin worker`: runs deployments on this machine's engine and router, for a Redis that is shared. */
export function registerWorker(program: Command, io: Io): void {
  program
    .command('worker')
    .description('run deployments alone; the server runs elsewhere on the same Redis')
    .addHelpText('after', example('siskin worker --config /etc/siskin/siskin.yaml'))
    .action(async (_options: unknown, command: Command) => {
      // The other verbs do not wait until all of Siskin is loaded.
      const { startWorkerAlone } = await import('../../workers/separate.ts');
      const worker = await startWorkerAlone(configPath(command, io), io.env);
      await untilStopped();
      await worker.stop();
      leaveSoon();
    });
}
