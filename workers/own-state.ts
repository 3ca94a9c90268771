import { fileChunks } from '../src/adapters/backups/file-chunks.ts';
import { FolderOfSecretFiles } from '../src/adapters/backups/secret-files.ts';
import { redisServer } from '../src/adapters/process/redis-server.ts';
import { connectRedis, giveUp, waitForRedis } from '../src/adapters/redis/connect.ts';
import { RedisOwnRecords } from '../src/adapters/redis/own-records.ts';
import { storeContext } from '../src/adapters/redis/store-context.ts';
import { type InstanceLock, lockInstance } from '../src/adapters/system/instance-lock.ts';
import { secretsFolder } from '../src/config/secret-folders.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { OwnState } from '../src/pipeline/backup/ports.ts';

type Config = Pick<SiskinConfig, 'dataDir' | 'file' | 'redis' | 'secrets'>;

/** How long Redis is waited for, in ms: it may load its data. */
const redisTimeoutMs = 30_000;

/**
 * Siskin's own state, whether Siskin runs or not: where its redis-server does not, one runs for as long as `use` takes.
 * @throws SiskinError STORE_UNAVAILABLE, PROGRAM_MISSING, ANOTHER_INSTANCE while one starts, what `use` throws
 */
export async function withOwnState<T>(config: Config, use: (state: OwnState) => Promise<T>): Promise<T> {
  if (config.redis) return await overConnection(config, config.redis.url, use);
  const server = await redisServer({ dataDir: config.dataDir });
  if (await server.isRunning()) return await overConnection(config, server.url, use);
  const lock = await lockInstance(config.dataDir);
  return await withServer(config, lock, use);
}

/**
 * The same for one who replaces the state: no Siskin may run on this data directory.
 * @throws SiskinError ANOTHER_INSTANCE when one does, and as withOwnState
 */
export async function withIdleState<T>(config: Config, use: (state: OwnState) => Promise<T>): Promise<T> {
  const lock = await lockInstance(config.dataDir);
  if (!config.redis) return await withServer(config, lock, use);
  try {
    return await overConnection(config, config.redis.url, use);
  } finally {
    await lock.release();
  }
}

async function withServer<T>(
  config: Config,
  lock: InstanceLock,
  use: (state: OwnState) => Promise<T>,
): Promise<T> {
  try {
    const server = await redisServer({ dataDir: config.dataDir });
    try {
      await server.start();
      return await overConnection(config, server.url, use);
    } finally {
      await server.stop();
    }
  } finally {
    await lock.release();
  }
}

async function overConnection<T>(
  { dataDir, file, secrets: { identityFile } }: Config,
  url: string,
  use: (state: OwnState) => Promise<T>,
): Promise<T> {
  // each try that fails is an error; what counts is whether one succeeds in time
  const redis = connectRedis({ url }, 'commands', () => undefined);
  try {
    await waitForRedis(redis, redisTimeoutMs);
    return await use({
      records: new RedisOwnRecords(storeContext(redis)),
      secretFiles: new FolderOfSecretFiles({ folder: secretsFolder(dataDir), identityFile }),
      configFile: () => fileChunks(file),
    });
  } finally {
    giveUp(redis);
  }
}
