import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../domain/errors/code-of.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

/**
 * Makes sure that a program may listen at an address, before it is started there.
 * @param key of siskin.yaml that names it
 * @param patienceMs how long to wait for one that is just ending there
 * @throws SiskinError FRONT_PORT_TAKEN, ROUTER_PORT_TAKEN
 */
export async function assertListenable(
  key: 'front.http' | 'front.https' | 'router.listen',
  { host, port }: { host: string; port: number },
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const code = await tryListen(host, port);
    if (code === null) return;
    if (code === 'EADDRINUSE' && performance.now() < deadline) {
      await sleep(50);
      continue;
    }
    const why = reasons[code] ?? `it cannot be listened at (${code})`;
    const taken = key === 'router.listen' ? 'ROUTER_PORT_TAKEN' : 'FRONT_PORT_TAKEN';
    throw new SiskinError(taken, `${key}: ${host}:${port} cannot be used: ${why}.`);
  }
}

/** @returns the system's code of what is wrong, null when nothing is */
async function tryListen(host: string, port: number): Promise<string | null> {
  const server = createServer().listen({ host, port });
  try {
    await once(server, 'listening');
  } catch (error) {
    return codeOf(error) ?? String(error);
  }
  server.close();
  await once(server, 'close');
  return null;
}

const reasons: Record<string, string> = {
  EADDRINUSE: 'another program listens there',
  EACCES: 'ports below 1024 need root or CAP_NET_BIND_SERVICE',
  EADDRNOTAVAIL: 'this machine has no such address',
};
