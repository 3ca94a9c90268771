import { Argument, type Command } from 'commander';
import { loadSiskinConfig } from '../../config/siskin-config.ts';
import { otherSide, planSwitch, type Side, type SwitchPlan, sides } from '../../domain/dns/switch-plan.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { switchRecords } from '../../pipeline/dns/switch-records.ts';
import { auditLocally } from '../local/audit-locally.ts';
import { configPath, readLocalConfig } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import { askFirst } from '../terminal/confirm.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, writeJson } from '../terminal/output.ts';

interface SwitchOptions {
  dryRun?: boolean;
  yes?: boolean;
  json?: boolean;
}

/** `siskin dns switch [primary|standby]` */
export function addSwitch(dns: Command, io: Io): void {
  dns
    .command('switch')
    .description('make all names lead to one side; without a word, to the other one')
    .addArgument(new Argument('[side]', 'primary or standby').choices(sides))
    .option('--dry-run', 'print what would be changed')
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      example(
        'siskin dns switch standby --dry-run',
        'siskin dns switch standby',
        'siskin dns switch primary --yes',
      ),
    )
    .action(async (side: Side | undefined, options: SwitchOptions, command: Command) => {
      const path = configPath(command, io);
      const { openDns } = await import('../../../workers/dns.ts');
      const { dns: own, provider } = await openDns(await loadSiskinConfig(path, io.env));
      const records = await provider.records(own.records.map(({ name }) => name));
      const to = side ?? otherSide(own.records, records);
      if (to === null)
        throw new SiskinError('DNS_SIDE_UNCLEAR', 'the names do not all lead to one side: say which');
      const plan = planSwitch(own.records, records, to);
      if (plan.problems.length > 0) await switchRecords(provider, own.records, plan);
      const quiet = options.json === true;
      if (!quiet) tell(io, plan);
      const acts = plan.changes.length > 0 && !options.dryRun;
      if (acts) {
        await askFirst(
          io,
          `Switch ${plan.changes.length} of ${own.records.length} names to ${to}?`,
          options.yes,
        );
        const told = (name: string) => quiet || io.write(`switched ${neutral(name)}\n`);
        await switchRecords(provider, own.records, plan, told);
        await note(io, path, plan);
        if (!quiet) io.write(`all names lead to ${to}; resolvers may remember the old answer for the TTL\n`);
      }
      if (options.json) writeJson(io, resultOf(plan, acts));
    });
}

function tell(io: Io, { changes, already, to }: SwitchPlan): void {
  for (const name of already) io.write(`${neutral(name)} leads to ${to} already\n`);
  for (const { record, content } of changes)
    io.write(`${neutral(record.name)}: ${neutral(record.content)} → ${neutral(content)}\n`);
}

async function note(io: Io, path: string, { to, changes }: SwitchPlan): Promise<void> {
  const local = await readLocalConfig(path, io);
  const names = changes.map(({ record }) => record.name);
  if (local) await auditLocally(io, local, { action: 'dns-switch', detail: { to, names } });
}

const resultOf = ({ to, changes, already }: SwitchPlan, changed: boolean) => ({
  to,
  changed,
  changes: changes.map(({ record, content }) => ({ name: record.name, from: record.content, to: content })),
  already,
});
