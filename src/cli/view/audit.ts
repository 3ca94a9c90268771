import type { AuditEntryView } from '../../api/schemas.ts';
import { neutral } from '../terminal/output.ts';
import type { Cell } from './table.ts';

export const auditHeaders = ['WHEN', 'WHO', 'FROM', 'ACTION', 'ENVIRONMENT', 'WHAT'];

/** A row of `siskin audit`. Times are UTC: who compares logs of several machines needs one clock. */
export const auditRow = (entry: AuditEntryView): Cell[] => [
  whenOf(entry),
  whoOf(entry),
  entry.from ?? '-',
  actionCell(entry.action),
  entry.environments.join(' ') || '-',
  whatOf(entry),
];

/** The same as one line, for a log that is followed. */
export const auditLine = (entry: AuditEntryView): string =>
  auditRow(entry)
    .map((cell) => neutral(typeof cell === 'string' ? cell : cell.text))
    .join('  ')
    .trimEnd();

const whenOf = ({ at }: AuditEntryView): string => at.slice(0, 19).replace('T', ' ');
const whoOf = ({ actor }: AuditEntryView): string => `${actor.name} (${actor.kind})`;

const actionCell = (action: string): Cell => (action === 'refused' ? { text: action, color: 'red' } : action);

/** They stand in columns of their own, or say nothing to people. */
const hidden = new Set(['environment', 'deployment', 'accepted', 'delivery', 'repository', 'forced']);

/** `d42`, then what else is known: `ref: refs/heads/release, after: 4f2c1ab0`. */
function whatOf({ deployments, detail }: AuditEntryView): string {
  const fields = Object.entries(detail)
    .filter(([name, value]) => !hidden.has(name) && !isEmpty(value))
    .map(([name, value]) => (name === 'text' ? textOf(value) : `${name}: ${textOf(value)}`));
  return [...deployments, ...fields].join(', ');
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === '' || (Array.isArray(value) && value.length === 0);

const sha = /^[0-9a-f]{40}$/;

function textOf(value: unknown): string {
  if (typeof value === 'string') return sha.test(value) ? value.slice(0, 8) : value;
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  const { kind, ...rest } = value as Record<string, unknown>;
  const parts = Object.values(rest).filter((one) => typeof one === 'string' || typeof one === 'number');
  return [kind, ...parts].map(textOf).filter(Boolean).join(' ');
}
