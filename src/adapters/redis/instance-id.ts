import { randomUUID } from 'node:crypto';
import { reaching, type StoreContext } from './store-context.ts';

/** Names this Siskin for as long as its records last: who restarts it is the same one. @throws SiskinError STORE_UNAVAILABLE */
export async function instanceId({ redis, keys }: StoreContext): Promise<string> {
  const key = `${keys.prefix}instance`;
  await reaching(() => redis.set(key, randomUUID(), 'NX'));
  return (await reaching(() => redis.get(key))) ?? '';
}
