import type { Server } from 'node:http';

/** Options of `http.createServer` without which the time-outs below are looked at every 30 s only. */
export const requestTimeOptions = { connectionsCheckingInterval: 1_000 } as const;

/**
 * Bounds how long a request may take to arrive, headers and body (10 s: GitHub gives up by then too), and how
 * many connections there may be. Answers, such as server-sent events, may take as long as they need.
 */
export function boundRequestTimes(server: Server, timeoutMs = 10_000): void {
  server.headersTimeout = timeoutMs;
  server.requestTimeout = timeoutMs;
  server.keepAliveTimeout = 65_000;
  server.maxConnections = 2_000;
  server.maxHeadersCount = 100;
}
