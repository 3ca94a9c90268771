import type { Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { configPath } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { ago, neutral, paint, writeJson } from '../terminal/output.ts';

/** `siskin standby status` */
export function addStandbyStatus(standby: Command, io: Io): void {
  standby
    .command('status')
    .description('what runs there, how old the last synchronisation is, and whether the primary answers')
    .option(
      '--docker <address>',
      "another address of the standby's engine, e.g. unix:///var/run/docker.sock on it",
    )
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin standby status', 'siskin standby status --json'))
    .action(async ({ json, docker }: { json?: boolean; docker?: string }, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { openStandby, standbyFacts } = await import('../../../workers/standby.ts');
      const facts = await standbyFacts(config, await openStandby(config, io.env, docker));
      if (json) return writeJson(io, facts);
      const synced = facts.lastSync === null ? 'never' : ago(facts.lastSync.toISOString(), new Date());
      io.write(`serving: ${facts.serving ? paint(io, 'yellow', 'the standby') : 'the primary'}\n`);
      io.write(`last synchronisation: ${synced}\n`);
      for (const { name, state, healthy } of facts.containers)
        io.write(
          `${neutral(name)}: ${state}${healthy === null ? '' : healthy ? ', healthy' : ', not healthy'}\n`,
        );
      for (const { address, answers } of facts.probes)
        io.write(`${neutral(address)}: ${answers ? 'answers' : 'does not answer'}\n`);
    });
}
