import type { Command } from 'commander';
import { addShow } from './dns/show.ts';
import { addSwitch } from './dns/switch.ts';
import type { Io } from './terminal/io.ts';

/** `siskin dns show|switch` */
export function registerDns(program: Command, io: Io): void {
  const dns = program.command('dns').description('where the names of siskin.yaml lead: primary or standby');
  for (const add of [addShow, addSwitch]) add(dns, io);
}
