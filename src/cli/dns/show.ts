import type { Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { configPath } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { writeJson } from '../terminal/output.ts';
import { dnsViews, writeViews } from './view.ts';

/** `siskin dns show` */
export function addShow(dns: Command, io: Io): void {
  dns
    .command('show')
    .description('where each name leads now')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin dns show', 'siskin dns show --json'))
    .action(async ({ json }: { json?: boolean }, command: Command) => {
      const config = await loadSiskinConfig(configPath(command, io), io.env);
      const { openDns } = await import('../../../workers/dns.ts');
      const { dns: own, provider } = await openDns(config);
      const views = dnsViews(own.records, await provider.records(own.records.map(({ name }) => name)));
      if (json) writeJson(io, views);
      else writeViews(io, views);
    });
}
