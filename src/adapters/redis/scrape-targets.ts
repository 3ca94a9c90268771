import { z } from 'zod';
import { type EnvironmentKey, environmentId, namePattern } from '../../domain/names.ts';
import type { ScrapeTarget } from '../../pipeline/ports.ts';
import { json, parsed } from './records.ts';
import { reaching, type StoreContext } from './store-context.ts';

/** What Prometheus is to scrape of one environment. */
export interface EnvironmentTargets extends EnvironmentKey {
  targets: ScrapeTarget[];
}

/**
 * The scrape targets of all environments that have some, in order of their names.
 * @param onUnreadable told of a record that cannot be read; the others are given all the same
 * @throws SiskinError STORE_UNAVAILABLE when Redis does not answer
 */
export async function readScrapeTargets(
  { redis, keys }: StoreContext,
  onUnreadable: (environment: string, error: unknown) => void,
): Promise<EnvironmentTargets[]> {
  const ids = (await reaching(() => redis.smembers(keys.environments))).sort();
  const records = await Promise.all(
    ids.map(async (id) => {
      const key = keyOf(id);
      return { key, text: await reaching(() => redis.hget(keys.environment(key), 'scrapeTargets')) };
    }),
  );
  return records.flatMap(({ key, text }) => {
    if (text === null) return [];
    try {
      return [{ ...parsed(environmentKey, key), targets: parsed(scrapeTargets, json(text)) }];
    } catch (error) {
      onUnreadable(environmentId(key), error);
      return [];
    }
  });
}

/** As it is stored: '' for none. */
export const writeScrapeTargets = (targets: readonly ScrapeTarget[]): string =>
  targets.length === 0 ? '' : JSON.stringify(targets);

function keyOf(id: string): EnvironmentKey {
  const [app = '', environment = ''] = id.split('/');
  return { app, environment };
}

const name = z.string().regex(namePattern);
const environmentKey = z.object({ app: name, environment: name });

const scrapeTargets = z
  .array(
    z.object({
      address: z.string().regex(/^[\w.:[\]-]{1,255}:\d{1,5}$/),
      path: z.string().startsWith('/').max(1_024),
      service: name,
      release: z.int().positive(),
      replica: z.string().max(64),
    }),
  )
  .max(1_000);
