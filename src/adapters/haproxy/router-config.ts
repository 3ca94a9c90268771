import type { ObservedServer } from '../../domain/observation.ts';
import type { Route } from '../../pipeline/ports.ts';

/** A server as it is remembered in the configuration file: what it is, not what it does just now. */
export type RouterServer = Omit<ObservedServer, 'sessions'>;

/** Everything a cold start of HAProxy needs to serve what was served before. */
export interface RouterState {
  routes: Route[];
  servers: Record<string, RouterServer[]>;
}

/** Where HAProxy listens. Addresses are `ip:port` or `*:port`. */
export interface RouterOptions {
  /** Takes the users' requests. */
  listen: string;
  /** Shows the counters at `/metrics` and answers `/health`; bind it to loopback. */
  metricsListen: string;
  /** Path of the admin socket, as HAProxy sees it. */
  adminSocket: string;
  /** Networks of the front proxy, whose X-Forwarded-* headers are believed. Default: loopback. */
  trustedProxies?: string[];
  /** Connections at once. Default 10,000. */
  maxConnections?: number;
}
