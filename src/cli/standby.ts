import type { Command } from 'commander';
import { addMove } from './standby/move.ts';
import { addStandbyStatus } from './standby/status.ts';
import { addSync } from './standby/sync.ts';
import type { Io } from './terminal/io.ts';

/** `siskin standby sync|status|failover|failback` */
export function registerStandby(program: Command, io: Io): void {
  const standby = program
    .command('standby')
    .description('the second machine: bring everything there, move traffic');
  addSync(standby, io);
  addStandbyStatus(standby, io);
  addMove(standby, io, 'failover');
  addMove(standby, io, 'failback');
}
