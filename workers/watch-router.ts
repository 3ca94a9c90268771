import type { HaproxyRouter } from '../src/adapters/haproxy/haproxy-router.ts';
import type { Logger } from '../src/observability/logger.ts';

/** How often the router is asked whether it is the one of before, in ms: one command on a Unix socket. */
const everyMs = 500;

/**
 * Notices that HAProxy was started anew, whoever did it: a child of ours, a container, a person. Gives it back what it
 * has lost, then calls `onRestart`.
 */
export function watchRouter(
  router: Pick<HaproxyRouter, 'incarnation' | 'recover'>,
  log: Logger,
  onRestart: () => void,
): { close(): void } {
  let known: string | undefined;
  let closed = false;
  const look = async () => {
    const now = await router.incarnation().catch(notNow);
    if (now === undefined || now === known) return;
    if (known !== undefined) {
      await router.recover();
      log.info('the router was started anew or has reloaded, and has been given its servers');
    }
    known = now;
    onRestart();
  };
  const again = async () => {
    await look().catch((err: unknown) => log.warn({ err }, 'the router could not be given its servers yet'));
    if (!closed) timer = setTimeout(() => void again(), everyMs);
  };
  let timer = setTimeout(() => void again(), everyMs);
  return {
    close: () => {
      closed = true;
      clearTimeout(timer);
    },
  };
}

/** It does not answer now: it is asked again soon, and the one that answers then has another name. */
const notNow = (): undefined => undefined;
