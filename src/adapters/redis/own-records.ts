import { z } from 'zod';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { OwnRecord, OwnRecords } from '../../pipeline/backup/ports.ts';
import { reaching, type StoreContext } from './store-context.ts';

/**
 * What is not a record: leases and pauses end by themselves, and BullMQ's queues are made anew, for wake-ups and notices
 * that are due are found in the records.
 */
const passing = ['lease:', 'quiet:', 'bull:'];

/**
 * All keys of one prefix at one moment: a script is the only thing that runs in its Redis.
 * ARGV: prefix, then prefixes of what is left out. Returns { key, ms to live (-1: for ever), DUMP } for each.
 */
const readAll = `
local seen, found, cursor = {}, {}, '0'
local function wanted(key)
  if seen[key] or string.sub(key, 1, #ARGV[1]) ~= ARGV[1] then return false end
  for i = 2, #ARGV do if string.sub(key, 1, #ARGV[i]) == ARGV[i] then return false end end
  return true
end
repeat
  local page = redis.call('SCAN', cursor, 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    if wanted(key) then
      seen[key] = true
      found[#found + 1] = { key, redis.call('PTTL', key), redis.call('DUMP', key) }
    end
  end
until cursor == '0'
return found
`;

const entries = z.array(z.tuple([z.instanceof(Buffer), z.int(), z.instanceof(Buffer)]));

/** Siskin's records in Redis, by DUMP and RESTORE: into the same version of Redis or a newer one. */
export class RedisOwnRecords implements OwnRecords {
  readonly #store: StoreContext;

  constructor(store: StoreContext) {
    this.#store = store;
  }

  async read(): Promise<{ version: string; all: OwnRecord[] }> {
    const { redis, keys } = this.#store;
    const leftOut = passing.map((kind) => `${keys.prefix}${kind}`);
    const answer = await reaching(() => redis.callBuffer('EVAL', readAll, 0, keys.prefix, ...leftOut));
    const all = entries.parse(answer).map(
      ([key, ttlMs, dump]): OwnRecord => ({
        key: key.toString(),
        // one that is about to end must not become one for ever, which is RESTORE's 0
        ttlMs: ttlMs === -1 ? null : Math.max(1, ttlMs),
        dump,
      }),
    );
    const info = await reaching(() => redis.info('server'));
    return { version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown', all };
  }

  async add(records: readonly OwnRecord[]): Promise<void> {
    const { redis } = this.#store;
    if (records.length === 0) return;
    const transaction = redis.multi();
    for (const { key, ttlMs, dump } of records) transaction.restore(key, ttlMs ?? 0, Buffer.from(dump));
    const answers = (await reaching(() => transaction.exec())) ?? [];
    const refused = answers.map(([error]) => error).find((error) => error !== null);
    if (!refused && answers.length === records.length) return;
    // a transaction is not undone by Redis
    const added = records.filter((_, index) => answers[index]?.[0] === null).map(({ key }) => key);
    if (added.length > 0) await reaching(() => redis.del(added));
    const why = refused ? messageOf(refused) : 'the transaction was not carried out';
    throw new SiskinError('RESTORE_FAILED', `Redis did not take Siskin's records: ${why}`);
  }
}
