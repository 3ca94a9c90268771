import { type EventEmitter, once } from 'node:events';
import { Redis, type RedisOptions } from 'ioredis';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

export interface RedisAddress {
  /** `redis://…`, `rediss://…` or `unix:///path/to/socket`. */
  url: string;
  /** Where the URL cannot or should not hold it. */
  password?: string;
}

/**
 * What a connection is for.
 * `commands`: fails at once while Redis is away, and never sends a command twice, so an answer that was refused
 * was not stored behind its back. `queue`: waits and retries, as BullMQ needs. `subscriber`: pub/sub.
 */
export type ConnectionRole = 'commands' | 'queue' | 'subscriber';

/** Opens a connection; it reconnects by itself until it is closed. @param onError gets every connection error */
export function connectRedis(
  address: RedisAddress,
  role: ConnectionRole,
  onError: (error: Error) => void,
): Redis {
  const line = { givenUp: false };
  const retryStrategy = (tries: number) => (line.givenUp ? null : Math.min(50 * 2 ** tries, 1_000));
  const options = { ...endpointOf(address), ...optionsOf(role), connectTimeout: 2_000, retryStrategy };
  const redis = new Redis({ ...options, replyMapping: 'legacy' });
  lines.set(redis, line);
  redis.on('error', onError);
  return redis;
}

const lines = new WeakMap<Redis, { givenUp: boolean }>();

/**
 * Closes a connection and the ones duplicated from it, also while Redis is away: then what waits for an answer
 * fails at the next try to reconnect, within a second. (ioredis' disconnect() leaves it waiting for ever.)
 */
export function giveUp(redis: Redis): void {
  const line = lines.get(redis);
  if (line) line.givenUp = true;
  if (redis.status === 'ready') redis.disconnect();
}

/**
 * Resolves when the connection is ready.
 * @throws SiskinError STORE_UNAVAILABLE after `timeoutMs`
 */
export async function waitForRedis(redis: Redis, timeoutMs: number): Promise<void> {
  const timeout = AbortSignal.timeout(timeoutMs);
  while (redis.status !== 'ready') {
    try {
      await once(redis as unknown as EventEmitter, 'ready', { signal: timeout });
    } catch (error) {
      // An `error` event only says that this try failed; the connection goes on trying.
      if (timeout.aborted) {
        throw new SiskinError('STORE_UNAVAILABLE', `Redis did not answer within ${timeoutMs} ms.`, {
          cause: error,
        });
      }
    }
  }
}

function optionsOf(role: ConnectionRole): RedisOptions {
  switch (role) {
    case 'commands':
      return { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 3_000 };
    case 'queue':
    case 'subscriber':
      return { maxRetriesPerRequest: null };
  }
}

function endpointOf({ url, password }: RedisAddress): RedisOptions {
  const secret = password === undefined ? {} : { password };
  if (url.startsWith('unix:')) return { path: url.replace(/^unix:(\/\/)?/, ''), ...secret };
  const parsed = new URL(url);
  const db = Number(parsed.pathname.slice(1) || 0);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, '') || '127.0.0.1',
    port: Number(parsed.port || 6379),
    db,
    ...(parsed.username ? { username: decodeURIComponent(parsed.username) } : {}),
    ...(parsed.password ? { password: decodeURIComponent(parsed.password) } : {}),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
    ...secret,
  };
}
