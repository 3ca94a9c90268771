import type { Command } from 'commander';
import { loadSiskinConfig, type SiskinConfig } from '../../config/siskin-config.ts';
import { planSwitch } from '../../domain/dns/switch-plan.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type Check, failbackChecks, failoverChecks } from '../../domain/standby/checks.ts';
import { switchRecords } from '../../pipeline/dns/switch-records.ts';
import { auditLocally } from '../local/audit-locally.ts';
import { configPath, readLocalConfig } from '../local/local-config.ts';
import { example } from '../terminal/arguments.ts';
import { askFirst } from '../terminal/confirm.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, writeJson } from '../terminal/output.ts';

interface MoveOptions {
  docker?: string;
  force?: boolean;
  yes?: boolean;
  json?: boolean;
}

type Move = 'failover' | 'failback';
const about = {
  failover: 'move traffic to the standby: checks, asks, makes its databases read-only, switches the names',
  failback: 'move traffic back to the primary: checks, asks, switches the names',
};

/** `siskin standby failover` and `failback` */
export function addMove(standby: Command, io: Io, move: Move): void {
  standby
    .command(move)
    .description(about[move])
    .option(
      '--docker <address>',
      "another address of the standby's engine, e.g. unix:///var/run/docker.sock on it",
    )
    .option('--force', 'although a check says no')
    .option('--yes', 'do not ask')
    .option('--json', 'as JSON')
    .addHelpText('after', example(`siskin standby ${move}`, `siskin standby ${move} --yes --json`))
    .action(async (options: MoveOptions, command: Command) => {
      const path = configPath(command, io);
      const config = await loadSiskinConfig(path, io.env);
      const { openStandby, setServing, standbyFacts } = await import('../../../workers/standby.ts');
      const open = await openStandby(config, io.env, options.docker);
      const facts = await standbyFacts(config, open);
      const checks =
        move === 'failover'
          ? failoverChecks(facts, open.settings.maxAgeMs, new Date())
          : failbackChecks(facts);
      const say = (text: string) => void (options.json || io.write(`${text}\n`));
      for (const check of checks) say(lineOf(io, check));
      refuse(checks, options.force);
      const names = await plannedNames(config, move);
      await askFirst(io, question(move, names?.plan.changes.length ?? 0), options.yes);
      const local = await readLocalConfig(path, io);
      if (local)
        await auditLocally(io, local, {
          action: `standby-${move}`,
          detail: { forced: options.force === true },
        });
      // the standby refuses writes before anybody comes, and takes them again when nobody does any more
      if (move === 'failover') await setServing(open, true);
      if (names) {
        const { provider, dns, plan } = names;
        await switchRecords(provider, dns.records, plan, (name) => say(`switched ${neutral(name)}`));
      }
      if (move === 'failback') await setServing(open, false);
      say(move === 'failover' ? 'the standby serves' : 'the primary serves');
      if (options.json)
        writeJson(io, {
          move,
          checks,
          switched: names?.plan.changes.map(({ record }) => record.name) ?? null,
        });
    });
}

/** What the names have to do, seen before anybody is asked; null where Siskin does not know of them. */
async function plannedNames(config: SiskinConfig, move: Move) {
  if (!config.dns) return null;
  const { openDns } = await import('../../../workers/dns.ts');
  const { dns, provider } = await openDns(config);
  const records = await provider.records(dns.records.map(({ name }) => name));
  const plan = planSwitch(dns.records, records, move === 'failover' ? 'standby' : 'primary');
  if (plan.problems.length > 0) await switchRecords(provider, dns.records, plan);
  return { dns, provider, plan };
}

function refuse(checks: readonly Check[], force: boolean | undefined): void {
  const wrong = checks.filter(({ ok }) => !ok).map(({ text }) => text);
  if (wrong.length > 0 && !force) throw new SiskinError('FAILOVER_REFUSED', wrong.join('; '));
}

const question = (move: Move, names: number): string =>
  `${move === 'failover' ? 'Move traffic to the standby' : 'Move traffic back to the primary'} (${names} names)?`;

const lineOf = (io: Io, { ok, text }: Check): string =>
  `${ok ? paint(io, 'green', 'ok  ') : paint(io, 'red', 'no  ')} ${neutral(text)}`;
