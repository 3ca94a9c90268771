import { createServer, type RequestListener, type Server } from 'node:http';
import { isIP } from 'node:net';
import express, { type Express, type Router } from 'express';
import helmet from 'helmet';
import { boundRequestTimes, requestTimeOptions } from '../intake/request-times.ts';

export interface HttpAppParts {
  /** The receivers first; the API last, for it answers 404 to the rest. */
  routers: readonly Router[];
}

/** Puts the routers together behind security headers. Forwarded addresses are believed of proxies on this machine only. */
export function createHttpApp({ routers }: HttpAppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback');
  app.set('query parser', 'simple');
  app.use(helmet());
  for (const router of routers) app.use(router);
  return app;
}

export interface Listening {
  server: Server;
  /** `http://127.0.0.1:8080`. */
  url: string;
  /** Takes no more connections, ends idle ones at once, the others after `graceMs`. */
  close(graceMs?: number): Promise<void>;
}

/**
 * Listens with bounded request times.
 * @param address `127.0.0.1:8080`, `[::1]:8080`, `:8080`; port 0 takes any that is free
 * @throws Error with code EADDRINUSE or EACCES
 */
export async function listen(
  app: RequestListener,
  address: string,
  requestTimeoutMs = 10_000,
): Promise<Listening> {
  const server = createServer(requestTimeOptions, app);
  boundRequestTimes(server, requestTimeoutMs);
  const { host, port } = splitAddress(address);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { server, url: urlOf(server, host), close: (graceMs = 2_000) => close(server, graceMs) };
}

function splitAddress(address: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
  if (port === '') throw new TypeError(`${address} is not an address such as 127.0.0.1:8080.`);
  return { host: host.replace(/^\[|\]$/g, '') || '0.0.0.0', port: Number(port) };
}

function urlOf(server: Server, host: string): string {
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
  return `http://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
