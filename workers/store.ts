import type { Redis } from 'ioredis';
import { RedisAuditLog } from '../src/adapters/redis/audit-log.ts';
import { type ConnectionRole, connectRedis, giveUp, waitForRedis } from '../src/adapters/redis/connect.ts';
import { RedisDeploymentStore } from '../src/adapters/redis/deployment-store.ts';
import { RedisHistory } from '../src/adapters/redis/history.ts';
import { RedisLeases } from '../src/adapters/redis/leases.ts';
import { RedisPushLedger } from '../src/adapters/redis/push-ledger.ts';
import { RedisSignals } from '../src/adapters/redis/signals.ts';
import { type StoreContext, storeContext } from '../src/adapters/redis/store-context.ts';
import { WakeUps } from '../src/adapters/redis/wake-ups.ts';
import type { Logger } from '../src/observability/logger.ts';

/** How long Siskin waits for Redis when it starts, in ms. */
const startTimeoutMs = 30_000;

/** Everything that stands on Redis. */
export interface Store {
  context: StoreContext;
  deployments: RedisDeploymentStore;
  history: RedisHistory;
  audit: RedisAuditLog;
  ledger: RedisPushLedger;
  leases: RedisLeases;
  signals: RedisSignals;
  wakeUps: WakeUps;
  /** A connection that waits and retries, as BullMQ's worker needs. */
  queueConnection: Redis;
  /** Fails at once while Redis is away. */
  commands: Redis;
  /** One more connection, closed with the store. */
  connect(role: ConnectionRole): Redis;
  close(): Promise<void>;
}

/**
 * Connects and waits until Redis answers.
 * @param instance of a process that works on environments, see instanceId
 * @throws SiskinError STORE_UNAVAILABLE
 */
export async function openStore(url: string, log: Logger, instance?: string): Promise<Store> {
  const onError = (error: unknown) => log.warn({ err: error }, 'Redis does not answer; Siskin keeps trying');
  const connections: Redis[] = [];
  const connect = (role: ConnectionRole): Redis => {
    const connection = connectRedis({ url }, role, onError);
    connections.push(connection);
    return connection;
  };
  const commands = connect('commands');
  const queueConnection = connect('queue');
  const subscriber = connect('subscriber');
  await waitForRedis(commands, startTimeoutMs);
  const context = storeContext(commands);
  const wakeUps = new WakeUps(context, commands, onError);
  const onWakeFailed = (error: unknown) => log.warn({ err: error }, 'not woken now: the reconciler does it');
  return {
    context,
    deployments: new RedisDeploymentStore(context),
    history: new RedisHistory(context),
    audit: new RedisAuditLog(context),
    ledger: new RedisPushLedger(context, (key) => wakeUps.wake(key), onWakeFailed),
    leases: new RedisLeases(context, instance === undefined ? {} : { instance }),
    signals: new RedisSignals(context, subscriber, onError),
    wakeUps,
    queueConnection,
    commands,
    connect,
    close: async () => {
      await wakeUps.close();
      for (const connection of connections) giveUp(connection);
    },
  };
}
