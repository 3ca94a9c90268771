import type { ConditionView, VerdictView } from '../../api/schemas.ts';
import type { Io } from '../terminal/io.ts';
import { type Color, neutral, paint } from '../terminal/output.ts';
import { plots } from './plot/plots.ts';

/** What was decided and on what: the counts, how they came, the plots, the conditions, and what to expect. */
export function writeVerdict(io: Io, verdict: VerdictView): void {
  const { decision, evidence, reason, estimate } = verdict;
  const why = reason === null ? '' : `: ${neutral(reason)}`;
  io.write(`\nverdict  ${decision}${evidence === null ? '' : ` (${evidence} evidence)`}${why}\n`);
  for (const [service, one] of byService(verdict)) {
    if (service !== undefined) io.write(`\n${paint(io, 'bold', neutral(service))}\n`);
    writeEvidence(io, one);
  }
  const notes = [estimate === null ? [] : [neutral(estimate)], sources(verdict)].flat();
  if (notes.length > 0) io.write(`\n${notes.join('\n')}\n`);
}

function writeEvidence(io: Io, verdict: VerdictView): void {
  const { ticks, conditions } = verdict;
  const total = (key: 'nc' | 'ec' | 'nb' | 'eb') => ticks.reduce((sum, tick) => sum + tick[key], 0);
  io.write(`  canary    ${total('nc')} requests, ${total('ec')} of them failed\n`);
  io.write(`  baseline  ${total('nb')} requests, ${total('eb')} of them failed\n`);
  const drawn = plots(io, verdict);
  if (drawn.length > 0) io.write(`\n${drawn.join('\n')}\n`);
  writeConditions(io, conditions);
}

/** Of several services, what was measured of each; the times of decisions are the last one's. */
function byService(verdict: VerdictView): [string | undefined, VerdictView][] {
  const { ticks, conditions } = verdict;
  const services = [...new Set([...ticks, ...conditions].map(({ service }) => service))];
  if (services.length === 0 || (services.length === 1 && services[0] === undefined))
    return [[undefined, verdict]];
  return services.map((service, index) => {
    const own = ticks.filter((tick) => tick.service === service);
    const last = index === services.length - 1;
    return [
      service,
      {
        ...verdict,
        ticks: own,
        conditions: conditions.filter((one) => one.service === service),
        beganAt: own[0]?.t ?? null,
        promotedAt: last ? verdict.promotedAt : null,
      },
    ];
  });
}

const outcomeColors: Record<ConditionView['outcome'], Color> = {
  met: 'green',
  violated: 'red',
  'no-evidence': 'yellow',
};

/** What each condition said last. */
function writeConditions(io: Io, conditions: readonly ConditionView[]): void {
  const last = new Map(conditions.map((one) => [one.name, one]));
  const width = Math.max(0, ...[...last.keys()].map((name) => neutral(name).length));
  if (last.size > 0) io.write('\nconditions\n');
  for (const { name, outcome, detail } of last.values()) {
    const said = paint(io, outcomeColors[outcome], outcome.replace('-', ' '));
    io.write(`  ${neutral(name).padEnd(width)}  ${said}: ${neutral(detail)}\n`);
  }
}

/** One sentence where Prometheus did not tell everything. */
function sources({ ticks }: VerdictView): string[] {
  const own = ticks.filter(({ source }) => source === 'router').length;
  if (own === 0) return [];
  const part = own === ticks.length ? 'All counts' : `${own} of ${ticks.length} counts`;
  return [`${part} came from the router itself: Prometheus could not tell.`];
}
