import { z } from 'zod';
import { deploymentStates, isEndState } from '../../domain/deployment.ts';
import { thinnedJournal } from '../../domain/thinned-journal.ts';
import { json, parsed, readJournalEntry } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** A journal shorter than this is let be. */
const shortest = 100;
/** After the end others may still read it line by line, in ms. */
const settleMs = 60_000;
const lookedAtOnce = 200;

/** Shortens journals of deployments that ended: in all environments, each once. */
export class RedisJournalThinning {
  readonly #store: StoreContext;
  /** Long ones that cannot be shorter. */
  readonly #asShortAsCanBe = new Set<string>();

  constructor(store: StoreContext) {
    this.#store = store;
  }

  /**
   * @param stop between two of them it ends early
   * @returns how many were shortened
   * @throws SiskinError STORE_UNAVAILABLE of the first that could not be read; the others were shortened
   */
  async run(now: Date, stop?: AbortSignal): Promise<number> {
    const { redis, keys } = this.#store;
    const ids = await reaching(() => redis.zrange(keys.history(), '0', '-1'));
    const failures: unknown[] = [];
    let shortened = 0;
    const looked = async <T>(looking: Promise<T>, otherwise: T): Promise<T> => {
      try {
        return await looking;
      } catch (error) {
        failures.push(error);
        return otherwise;
      }
    };
    for (let at = 0; at < ids.length; at += lookedAtOnce) {
      const page = ids.slice(at, at + lookedAtOnce);
      const long = await Promise.all(page.map((id) => looked(this.#isLongAndOver(id, now), false)));
      for (const id of page.filter((_, index) => long[index])) {
        if (stop?.aborted) return shortened;
        if (await looked(this.#shorten(id), false)) shortened += 1;
      }
    }
    if (failures.length > 0) throw failures[0];
    return shortened;
  }

  async #isLongAndOver(id: string, now: Date): Promise<boolean> {
    const { redis, keys } = this.#store;
    if (this.#asShortAsCanBe.has(id)) return false;
    if ((await reaching(() => redis.xlen(keys.journal(id)))) < shortest) return false;
    const [state, finishedAt] = await reaching(() => redis.hmget(keys.deployment(id), 'state', 'finishedAt'));
    const record = parsed(stored, {
      state: json(state ?? 'null'),
      finishedAt: json(finishedAt ?? 'null'),
    });
    return (
      record.state !== null &&
      isEndState(record.state) &&
      record.finishedAt !== null &&
      now.getTime() - Date.parse(record.finishedAt) >= settleMs
    );
  }

  async #shorten(id: string): Promise<boolean> {
    const { redis, keys } = this.#store;
    const found = await reaching(() => redis.xrange(keys.journal(id), '-', '+'));
    const entries = found.map(([at, fields]) => ({ at, entry: readJournalEntry(fields[1] ?? '') }));
    const thin = thinnedJournal(entries);
    if (thin.length === entries.length) {
      this.#asShortAsCanBe.add(id);
      return false;
    }
    const stay = thin.flatMap(({ at, entry }) => [at, JSON.stringify(entry)]);
    const answer = await this.#store.run(
      'siskinThinJournal',
      id,
      entries.length,
      entries.at(-1)?.at ?? '',
      ...stay,
    );
    return parsed(z.int(), answer) === 1;
  }
}

const stored = z.object({ state: z.enum(deploymentStates).nullable(), finishedAt: z.string().nullable() });
