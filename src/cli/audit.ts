import { setTimeout as sleep } from 'node:timers/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { type AuditEntryView, auditListSchema } from '../api/schemas.ts';
import { duration } from '../config/units.ts';
import type { Client } from './client/client.ts';
import { connect } from './client/context.ts';
import { anyAppArgument, anyEnvironmentArgument, count, example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson, writeJsonLine } from './terminal/output.ts';
import { auditHeaders, auditLine, auditRow } from './view/audit.ts';
import { writeTable } from './view/table.ts';

interface AuditOptions {
  actor?: string;
  action?: string;
  since?: Date;
  limit: number;
  follow?: boolean;
  json?: boolean;
}

/** `siskin audit [APP [ENV]]` */
export function registerAudit(program: Command, io: Io): void {
  program
    .command('audit')
    .description('who did what, when and from where, newest first; for tokens of the role admin')
    .addArgument(anyAppArgument())
    .addArgument(anyEnvironmentArgument())
    .option('--actor <name>', 'only of this user, pusher or token, or of a kind: github, api, cli, siskin')
    .option('--action <action>', 'only this, e.g. push, deploy, rollback, freeze, refused')
    .option('--since <time>', 'only what is newer, e.g. 2h, 7d or 2026-01-31', sinceTime)
    .option('--limit <n>', 'how many', count(10_000), 50)
    .option('-f, --follow', 'go on with what happens from now on, oldest first')
    .option('--json', 'as JSON; with --follow one object per line')
    .addHelpText(
      'after',
      example(
        'siskin audit shop production --since 7d',
        'siskin audit --action refused',
        'siskin audit --actor ana --json',
        'siskin audit -f',
      ),
    )
    .action(async (app: string | undefined, environment: string | undefined, options, command: Command) => {
      const { actor, action, limit, since, follow, json }: AuditOptions = options;
      const log = new AuditReader(await connect(command, io), { app, environment, actor, action });
      const entries = await log.newest(limit, since);
      if (follow) return followLog(io, log, entries, json === true);
      if (json) return writeJson(io, { entries });
      writeTable(io, auditHeaders, entries.map(auditRow), 'Nothing of that kind is in the audit log.');
    });
}

/** Time between two looks at what is new, in ms. */
const lookMs = 2_000;

async function followLog(io: Io, log: AuditReader, first: AuditEntryView[], json: boolean): Promise<void> {
  const show = (entry: AuditEntryView) =>
    json ? writeJsonLine(io, entry) : io.write(`${auditLine(entry)}\n`);
  const { interrupted } = io;
  let entries = first;
  let last = first[0]?.id ?? (await log.lastId());
  while (!interrupted.aborted) {
    for (const entry of entries.toReversed()) show(entry);
    last = entries[0]?.id ?? last;
    // Only an abort rejects it, and the loop looks at that itself.
    await sleep(lookMs, undefined, { signal: interrupted }).catch(() => {});
    entries = interrupted.aborted ? [] : await log.after(last);
  }
}

const pageLimit = 200;

/** Reads the log page by page, the newest first. */
class AuditReader {
  readonly #client: Client;
  readonly #filter: URLSearchParams;

  constructor(client: Client, filter: Record<string, string | undefined>) {
    this.#client = client;
    this.#filter = new URLSearchParams();
    for (const [name, value] of Object.entries(filter))
      if (value !== undefined) this.#filter.set(name, value);
  }

  newest(limit: number, since: Date | undefined): Promise<AuditEntryView[]> {
    return this.#until(limit, ({ at }) => since !== undefined && Date.parse(at) < since.getTime());
  }

  /** @param id null for an empty log */
  after(id: string | null): Promise<AuditEntryView[]> {
    return this.#until(Number.POSITIVE_INFINITY, (entry) => id !== null && !isNewer(entry.id, id));
  }

  /** Of the whole log, so that following a filter that fits nothing yet need not read it again and again. */
  async lastId(): Promise<string | null> {
    const { entries } = await this.#client.get('/api/v1/audit?limit=1', auditListSchema);
    return entries[0]?.id ?? null;
  }

  async #until(limit: number, isPast: (entry: AuditEntryView) => boolean): Promise<AuditEntryView[]> {
    const found: AuditEntryView[] = [];
    let before: string | null = null;
    do {
      const query = new URLSearchParams(this.#filter);
      query.set('limit', String(Math.min(pageLimit, limit - found.length)));
      if (before !== null) query.set('before', before);
      const page: { entries: AuditEntryView[]; next: string | null } = await this.#client.get(
        `/api/v1/audit?${query.toString()}`,
        auditListSchema,
      );
      for (const entry of page.entries) {
        if (isPast(entry)) return found;
        found.push(entry);
      }
      before = page.next;
    } while (before !== null && found.length < limit);
    return found;
  }
}

/** Ids are a time in ms and a number within it: `1767225600000-0`. */
function isNewer(id: string, than: string): boolean {
  const [ms = 0, place = 0] = id.split('-').map(Number);
  const [otherMs = 0, otherPlace = 0] = than.split('-').map(Number);
  return ms > otherMs || (ms === otherMs && place > otherPlace);
}

function sinceTime(text: string): Date {
  const [, days] = /^(\d{1,4})d$/.exec(text) ?? [];
  const ms = days === undefined ? duration.parse(text) : Number(days) * 86_400_000;
  if (ms !== undefined) return new Date(Date.now() - ms);
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError('It is a time such as 30m, 2h, 7d, 2026-01-31 or 2026-01-31T12:00:00Z.');
}
