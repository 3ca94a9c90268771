import type { Redis } from 'ioredis';
import { RedisAuditLog } from '../../src/adapters/redis/audit-log.ts';
import { type ConnectionRole, connectRedis, waitForRedis } from '../../src/adapters/redis/connect.ts';
import { RedisDeploymentStore } from '../../src/adapters/redis/deployment-store.ts';
import { RedisHistory } from '../../src/adapters/redis/history.ts';
import { RedisLeases } from '../../src/adapters/redis/leases.ts';
import { RedisPushLedger } from '../../src/adapters/redis/push-ledger.ts';
import { type StoreContext, storeContext } from '../../src/adapters/redis/store-context.ts';
import { WakeUps } from '../../src/adapters/redis/wake-ups.ts';
import type { PushRecord } from '../../src/pipeline/ports.ts';
import type { TestRedis } from './redis-server.ts';

/** All Redis adapters over one test Redis, under a prefix of their own. */
export interface RedisWorld {
  context: StoreContext;
  store: RedisDeploymentStore;
  leases: RedisLeases;
  ledger: RedisPushLedger;
  history: RedisHistory;
  audit: RedisAuditLog;
  wakeUps: WakeUps;
  /** A further connection, closed with the world. */
  connect(role: ConnectionRole): Promise<Redis>;
  close(): Promise<void>;
}

let worlds = 0;

export async function openRedisWorld(
  redis: Pick<TestRedis, 'url'>,
  prefix = `test${++worlds}:`,
): Promise<RedisWorld> {
  const connections: Redis[] = [];
  const connect = async (role: ConnectionRole) => {
    // Tests kill Redis: the connection's complaints are expected, the commands' failures are asserted.
    const connection = connectRedis({ url: redis.url }, role, () => {});
    connections.push(connection);
    await waitForRedis(connection, 10_000);
    return connection;
  };
  const context = storeContext(await connect('commands'), prefix);
  const wakeUps = new WakeUps(context, await connect('commands'), () => {});
  return {
    context,
    store: new RedisDeploymentStore(context),
    leases: new RedisLeases(context),
    ledger: new RedisPushLedger(
      context,
      (key) => wakeUps.wake(key),
      () => {},
    ),
    history: new RedisHistory(context),
    audit: new RedisAuditLog(context),
    wakeUps,
    connect,
    close: async () => {
      await wakeUps.close();
      for (const connection of connections) connection.disconnect();
    },
  };
}

export const testAudit = {
  actor: { kind: 'github' as const, name: 'ana' },
  from: null,
  action: 'push',
  detail: 'test',
};

/** A push as the intake records it. */
export const pushOf = (delivery: string, change: Partial<PushRecord> = {}): PushRecord => ({
  app: 'shop',
  environment: 'production',
  delivery,
  branch: 'release',
  sha: 'a'.repeat(40),
  forced: false,
  title: 'A change',
  author: 'ana',
  actor: { kind: 'github', name: 'ana' },
  ...change,
});
