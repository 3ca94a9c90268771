import { once } from 'node:events';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { createConnection } from 'node:net';

/**
 * Whether anything answers at an address: any HTTP status, or a TCP connection. A certificate that is wrong is an answer.
 * @param address `http://`, `https://` or `tcp://host:port`
 */
export async function isReachable(address: string, timeoutMs = 5_000): Promise<boolean> {
  const url = new URL(address);
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    if (url.protocol === 'tcp:') {
      const socket = createConnection({ host: url.hostname, port: Number(url.port) });
      await once(socket, 'connect', { signal }).finally(() => socket.destroy());
      return true;
    }
    const asked =
      url.protocol === 'https:'
        ? overHttps(url, { signal, rejectUnauthorized: false, agent: false })
        : overHttp(url, { signal, agent: false });
    asked.end();
    await once(asked, 'response', { signal }).finally(() => asked.destroy());
    return true;
  } catch {
    return false;
  }
}
