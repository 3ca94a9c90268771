import type { Command } from 'commander';
import { addCheck } from './host/check.ts';
import { addCli } from './host/cli.ts';
import { addStart } from './host/start.ts';
import { addStatus } from './host/status.ts';
import { addStop } from './host/stop.ts';
import type { Io } from './terminal/io.ts';

/** `siskin host start|stop|status|check|cli` */
export function registerHost(program: Command, io: Io): void {
  const host = program
    .command('host')
    .description('the folder that `siskin init host` wrote, and what runs of it');
  for (const add of [addStart, addStop, addStatus, addCheck, addCli]) add(host, io);
}
