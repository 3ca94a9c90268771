import { type DnsTarget, type SwitchPlan, whereabouts } from '../../domain/dns/switch-plan.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { DnsProvider } from './ports.ts';

/**
 * Carries a plan out, one record after the other, then reads all of them back.
 * @param onChange told of each that was changed
 * @throws SiskinError DNS_NOT_SWITCHABLE before anything was changed; the provider's own when none was; else
 * DNS_SWITCH_INCOMPLETE that says where each name leads
 */
export async function switchRecords(
  provider: DnsProvider,
  targets: readonly DnsTarget[],
  plan: SwitchPlan,
  onChange: (name: string) => void = () => {},
): Promise<void> {
  if (plan.problems.length > 0)
    throw new SiskinError('DNS_NOT_SWITCHABLE', `nothing was switched: ${plan.problems.join('; ')}`);
  const done: string[] = [];
  for (const { record, content } of plan.changes) {
    try {
      await provider.point(record, content);
    } catch (error) {
      // an answer that was lost may have been a change that was made
      throw await incomplete(provider, targets, plan, done, error);
    }
    done.push(record.name);
    onChange(record.name);
  }
  await verify(provider, targets, plan);
}

async function verify(provider: DnsProvider, targets: readonly DnsTarget[], plan: SwitchPlan): Promise<void> {
  const records = await provider.records(targets.map(({ name }) => name));
  const elsewhere = targets.map((target) => whereabouts(target, records)).filter(({ at }) => at !== plan.to);
  if (elsewhere.length === 0) return;
  const names = elsewhere.map(({ name, at }) => `${name} (${at})`).join(', ');
  throw new SiskinError(
    'DNS_SWITCH_INCOMPLETE',
    `read back after switching to ${plan.to}, these lead elsewhere: ${names}`,
  );
}

async function incomplete(
  provider: DnsProvider,
  targets: readonly DnsTarget[],
  { to }: SwitchPlan,
  done: readonly string[],
  cause: unknown,
): Promise<unknown> {
  const records = await provider.records(targets.map(({ name }) => name)).catch(() => null);
  if (records === null && done.length === 0) return cause;
  if (records === null)
    return new SiskinError(
      'DNS_SWITCH_INCOMPLETE',
      `${messageOf(cause)}; switched to ${to} before that: ${done.join(', ')}`,
      { cause },
    );
  const all = targets.map((target) => whereabouts(target, records));
  if (all.every(({ at }) => at !== to)) return cause;
  const where = all.map(({ name, at }) => `${name} leads to ${at}`).join(', ');
  return new SiskinError('DNS_SWITCH_INCOMPLETE', `${messageOf(cause)}; now ${where}`, { cause });
}
