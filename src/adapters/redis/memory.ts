import type { Redis } from 'ioredis';
import { z } from 'zod';
import { reaching } from './store-context.ts';

/** What a Redis holds, in bytes; `maxBytes` is null where it may take all that there is. */
export interface RedisMemory {
  usedBytes: number;
  maxBytes: number | null;
}

/** The share of `maxmemory` from which on somebody should know: a full Redis refuses writes, and with them pushes. */
const fullShare = 0.8;

export const isNearlyFull = ({ usedBytes, maxBytes }: RedisMemory): boolean =>
  maxBytes !== null && usedBytes >= fullShare * maxBytes;

/** @throws SiskinError STORE_UNAVAILABLE */
export async function redisMemory(redis: Redis): Promise<RedisMemory> {
  return memoryOf(await reaching(() => redis.info('memory')));
}

/** @param info the section `memory` of INFO, https://redis.io/docs/latest/commands/info */
function memoryOf(info: string): RedisMemory {
  const field = (name: string): number =>
    amount.parse(new RegExp(`^${name}:(\\d+)\\r?$`, 'm').exec(info)?.[1]);
  const max = field('maxmemory');
  return { usedBytes: field('used_memory'), maxBytes: max === 0 ? null : max };
}

const amount = z.coerce.number().int().nonnegative();
