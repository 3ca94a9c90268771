import type { Redis } from 'ioredis';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { type StoreKeys, storeKeys } from './keys.ts';
import { type ScriptName, scripts } from './lua/scripts.ts';

/** One connection with Siskin's scripts and key names. */
export interface StoreContext {
  redis: Redis;
  keys: StoreKeys;
  /** Runs a Lua script; the prefix is its first argument. @throws SiskinError STORE_UNAVAILABLE */
  run(script: ScriptName, ...args: (string | number)[]): Promise<unknown>;
}

/** @param prefix of every key; tests share one Redis by using their own */
export function storeContext(redis: Redis, prefix = 'siskin:'): StoreContext {
  for (const [name, lua] of Object.entries(scripts)) redis.defineCommand(name, { lua, numberOfKeys: 0 });
  return {
    redis,
    keys: storeKeys(prefix),
    run: (script, ...args) => {
      const command = Reflect.get(redis, script) as (...args: (string | number)[]) => Promise<unknown>;
      return reaching(() => command.call(redis, prefix, ...args));
    },
  };
}

/** Runs a Redis command. @throws SiskinError STORE_UNAVAILABLE whatever Redis or the connection answered */
export async function reaching<T>(command: () => Promise<T>): Promise<T> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof SiskinError) throw error;
    throw new SiskinError('STORE_UNAVAILABLE', `Redis could not be asked: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
