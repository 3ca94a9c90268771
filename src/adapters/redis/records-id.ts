import { randomUUID } from 'node:crypto';
import { reaching, type StoreContext } from './store-context.ts';

/** Names these records for as long as they last: all processes that work on them are the same Siskin to people. @throws SiskinError STORE_UNAVAILABLE */
export async function recordsId({ redis, keys }: StoreContext): Promise<string> {
  const key = `${keys.prefix}records-id`;
  await reaching(() => redis.set(key, randomUUID(), 'NX'));
  return (await reaching(() => redis.get(key))) ?? '';
}
