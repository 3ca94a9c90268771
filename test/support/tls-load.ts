import { once } from 'node:events';
import { request } from 'node:https';
import { type ConnectionOptions, connect, TLSSocket } from 'node:tls';
import { Pool } from 'undici';
import { type LoadRun, runLoad } from '../../src/cli/demo/load-run.ts';

/** Requests over kept TLS connections, which nothing tries again. */
export function startTlsLoad(port: number, host: string, ratePerSecond: number): LoadRun {
  const pool = new Pool(`https://127.0.0.1:${port}`, {
    connections: 16,
    pipelining: 1,
    connect: { servername: host, rejectUnauthorized: false },
  });
  const send = async (index: number) => {
    try {
      const answer = await pool.request({ method: 'GET', path: `/${index}`, headers: { host } });
      await answer.body.dump();
      const error = answer.statusCode === 200 ? null : `status ${answer.statusCode}`;
      return { status: answer.statusCode, release: null, error };
    } catch (error) {
      return { status: 0, release: null, error: String(error) };
    }
  };
  const run = runLoad(send, { ratePerSecond });
  void run.done.then(() => pool.destroy());
  return run;
}

/** A handshake of its own. @returns the serial number of the certificate that is served. @throws when there is none */
export async function servedSerial(port: number, host: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', servername: host, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().serialNumber;
  } finally {
    socket.destroy();
  }
}

/** Handshakes one after the other on `lanes` lanes until stopped; none may fail. */
export function startHandshakes(port: number, host: string, lanes: number) {
  let stopped = false;
  const serials = new Map<string, number>();
  const failures: string[] = [];
  const lane = async () => {
    while (!stopped) {
      await servedSerial(port, host).then(
        (serial) => serials.set(serial, (serials.get(serial) ?? 0) + 1),
        (error: unknown) => failures.push(String(error)),
      );
    }
  };
  const running = Promise.all(Array.from({ length: lanes }, lane));
  return {
    stop: async () => {
      stopped = true;
      await running;
      return { serials, failures };
    },
  };
}

/** One GET over a connection of its own. */
export function overTls(
  port: number,
  host: string,
  path: string,
  options: ConnectionOptions & { localAddress?: string } = {},
) {
  return new Promise<{ status: number | undefined; headers: object; protocol: string | null }>(
    (resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port,
          path,
          servername: host,
          headers: { host },
          agent: false,
          rejectUnauthorized: false,
          ...options,
        },
        (answer) => {
          const protocol = answer.socket instanceof TLSSocket ? answer.socket.getProtocol() : null;
          answer.resume();
          resolve({ status: answer.statusCode, headers: answer.headers, protocol });
        },
      );
      sent.on('error', reject);
      sent.end();
    },
  );
}
