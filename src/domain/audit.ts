import type { Actor } from './deployment.ts';

/** What happened, as it is written down. */
export interface AuditNote {
  /** ISO 8601, UTC. */
  at: string;
  actor: Actor;
  /** The address or host it came from; null for Siskin itself. */
  from: string | null;
  action: string;
  detail: string | Record<string, unknown>;
}

/** An entry of the audit log, read. */
export interface AuditRecord extends Omit<AuditNote, 'detail'> {
  /** Its place in the log: the newer one's is the greater. */
  id: string;
  /** `shop/production`: those it was about, also where nothing was done. */
  environments: string[];
  /** Those that it made, superseded not counted, or that it was given to. */
  deployments: string[];
  detail: Record<string, unknown>;
}

/** A page of the log, newest first; `next` is null at the log's end. */
export interface AuditPage {
  entries: AuditRecord[];
  next: string | null;
}

export interface AuditFilter {
  app?: string | undefined;
  environment?: string | undefined;
  /** The actor's name, or its kind. */
  actor?: string | undefined;
  action?: string | undefined;
}

/** A deployment that recording a push or a request made. */
export interface AuditResult {
  app: string;
  environment: string;
  deployment: string;
}

/** An entry as people and programs read it, from what is stored of it. */
export function auditRecord(
  id: string,
  { detail: stored, ...note }: AuditNote,
  results: readonly AuditResult[],
): AuditRecord {
  const detail = auditDetail(stored);
  const made = results.map(({ app, environment }) => `${app}/${environment}`);
  const { deployment } = detail;
  const given = typeof deployment === 'string' ? [deployment] : [];
  return {
    id,
    ...note,
    environments: [...new Set([...made, ...environmentsIn(detail)])],
    deployments: [...new Set([...results.map((one) => one.deployment), ...given])],
    detail,
  };
}

const environment = /^[a-z0-9][a-z0-9-]{0,40}\/[a-z0-9][a-z0-9-]{0,40}$/;
const sentence = /^(\S+\/[^\s:]+)(?: (d\d+)|: ([\s\S]+)| (\{[\s\S]*\}))?$/;

/**
 * Some entries hold a text: JSON, or `shop/production`, `shop/production d42`, `shop/production: a reason`,
 * `shop/production {"kind":"branch",…}`. Any other text becomes the field `text`.
 */
export function auditDetail(stored: AuditNote['detail']): Record<string, unknown> {
  if (typeof stored !== 'string') return stored;
  const whole = objectIn(stored);
  if (whole !== null) return whole;
  const [, where, deployment, reason, target] = sentence.exec(stored) ?? [];
  if (where === undefined || !environment.test(where)) return { text: stored };
  return {
    environment: where,
    ...(deployment !== undefined && { deployment }),
    ...(reason !== undefined && { reason }),
    ...(target !== undefined && { target: objectIn(target) ?? target }),
  };
}

function objectIn(text: string): Record<string, unknown> | null {
  if (!text.startsWith('{')) return null;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return null;
  }
}

/** An ignored push names them as `shop/production: other-branch`. */
function environmentsIn({ environment: one, accepted, ignored }: Record<string, unknown>): string[] {
  const texts = [one, accepted, ignored].flat().filter((text): text is string => typeof text === 'string');
  return texts.map((text) => text.split(':')[0] ?? '').filter((text) => environment.test(text));
}

/** Whether an entry is one of those asked for. */
export const matchesAudit = (record: AuditRecord, filter: AuditFilter): boolean =>
  (filter.action === undefined || filter.action === record.action) &&
  (filter.actor === undefined || [record.actor.name, record.actor.kind].includes(filter.actor)) &&
  ((filter.app === undefined && filter.environment === undefined) ||
    record.environments.some((id) => {
      const [app, its] = id.split('/');
      return (filter.app ?? app) === app && (filter.environment ?? its) === its;
    }));
