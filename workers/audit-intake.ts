import type { RedisAuditLog } from '../src/adapters/redis/audit-log.ts';
import { takePending } from '../src/adapters/system/pending-audit.ts';
import type { Logger } from '../src/observability/logger.ts';

/** How often it is looked for entries of a command line that could not reach the server, in ms. */
const everyMs = 60_000;

export interface AuditIntake {
  /** Takes in what waits. @returns how many entries @throws SiskinError STORE_UNAVAILABLE */
  takeIn(): Promise<number>;
  stop(): Promise<void>;
}

/** Takes what the command line noted in dataDir into the audit log: at the start, each minute, and when told. */
export function startAuditIntake(dataDir: string, audit: RedisAuditLog, log: Logger): AuditIntake {
  let running: Promise<unknown> = Promise.resolve();
  const take = () =>
    takePending(
      dataDir,
      (id, note) => audit.takeIn(id, note),
      (file) => log.warn({ file }, 'holds no audit entry; look at it and remove it'),
    );
  // One after the other: two would take the same file.
  const takeIn = (): Promise<number> => {
    const turn = running.then(take);
    running = turn.catch(() => undefined);
    return turn;
  };
  const quietly = () =>
    takeIn().catch((err: unknown) => log.warn({ err }, 'audit entries of the command line wait on'));
  void quietly();
  const timer = setInterval(() => void quietly(), everyMs);
  return {
    takeIn,
    stop: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
