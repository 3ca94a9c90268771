import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Below the ports that Linux gives to whoever asks for any (32768-60999): none of these becomes another program's, or the
 * near end of somebody's connection, between now and the moment a program listens there.
 */
const first = 10_000;
const count = 20_000;

/** Closed with the process. */
const claims: Server[] = [];
let next = Math.floor(Math.random() * count);

/**
 * A TCP port that nothing listens on, and that no other test on this machine is given while this process lives: HAProxy
 * (SO_REUSEPORT) would share one without a word.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < count; tries++) {
    const port = first + (next++ % count);
    if (await claimed(port)) return port;
  }
  throw new Error('no free TCP port');
}

/** A name in Linux' abstract namespace stands for the port: it is one process's, and goes with it however that ends. */
async function claimed(port: number): Promise<boolean> {
  const claim = await listening({ path: `\0siskin-test-port-${port}` });
  if (claim === null) return false;
  const probe = await listening({ port, host: '0.0.0.0' });
  if (probe === null) {
    claim.close();
    return false;
  }
  probe.close();
  await once(probe, 'close');
  claims.push(claim.unref());
  return true;
}

async function listening(at: { path: string } | { port: number; host: string }): Promise<Server | null> {
  const server = createServer().listen(at);
  try {
    await once(server, 'listening');
    return server;
  } catch {
    return null; // somebody has it
  }
}
