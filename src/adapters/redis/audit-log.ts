import { z } from 'zod';
import {
  type AuditFilter,
  type AuditNote,
  type AuditPage,
  auditRecord,
  matchesAudit,
} from '../../domain/audit.ts';
import { json, parsed, readAuditEntry } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

const resultsSchema = z.array(
  z.looseObject({ app: z.string(), environment: z.string(), deployment: z.string() }),
);

/** How many entries one page looks at, at most: a filter that fits nothing must not read the whole log at once. */
const scanLimit = 5_000;
const batchSize = 500;
/** An entry that waited outside is known for a month after it was taken in. */
const rememberSeconds = 30 * 86_400;

/** The audit log: a stream of the newest 50,000 entries, give or take a few. */
export class RedisAuditLog {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /** @throws SiskinError STORE_UNAVAILABLE */
  async add(note: Omit<AuditNote, 'at'>): Promise<void> {
    const { redis, keys } = this.#store;
    const entry = JSON.stringify({ ...note, at: new Date().toISOString() });
    await reaching(() => redis.xadd(keys.audit, 'MAXLEN', '~', 50_000, '*', 'entry', entry, 'results', '[]'));
  }

  /**
   * Takes in an entry that waited outside, once however often it is tried.
   * @param id its own, chosen where it was noted @returns whether it was new @throws SiskinError STORE_UNAVAILABLE
   */
  async takeIn(id: string, note: AuditNote): Promise<boolean> {
    const taken = await this.#store.run('siskinTakeInAudit', id, rememberSeconds, JSON.stringify(note));
    return parsed(z.int(), taken) === 1;
  }

  /**
   * Entries that fit the filter, newest first.
   * @param limit how many at most; there may be fewer although more follow, for a page looks at 5,000 entries at most
   * @param before an entry's id: only what is older @throws SiskinError STORE_UNAVAILABLE
   */
  async page(filter: AuditFilter, limit: number, before?: string): Promise<AuditPage> {
    const { redis, keys } = this.#store;
    const entries: AuditPage['entries'] = [];
    let last = before;
    for (let looked = 0; looked < scanLimit; looked += batchSize) {
      const end = last === undefined ? '+' : `(${last}`;
      const batch = await reaching(() => redis.xrevrange(keys.audit, end, '-', 'COUNT', batchSize));
      for (const [id, fields] of batch) {
        last = id;
        const record = readRecord(id, fields);
        if (matchesAudit(record, filter)) entries.push(record);
        if (entries.length === limit) return { entries, next: id };
      }
      if (batch.length < batchSize) return { entries, next: null };
    }
    return { entries, next: last ?? null };
  }
}

function readRecord(id: string, [, entry = '', , results = '[]']: string[]) {
  return auditRecord(id, readAuditEntry(entry), parsed(resultsSchema, json(results)));
}
