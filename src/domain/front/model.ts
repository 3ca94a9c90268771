import type { Access, FrontTimeouts, ProxiedPath } from './settings.ts';

/** Everything the templates of deploy-templates/nginx need: plain values, each fit for the place where it stands. */
export interface FrontModel {
  paths: FrontPaths;
  /** The workers' user and group; null where nginx is not started by root. */
  user: string | null;
  /** `host:port` of the router. */
  router: string;
  /** `host:port` where nginx tells its generation; loopback. */
  status: string;
  /** What follows `listen`. */
  http: string[];
  https: string[];
  /** `:8443` in redirects; '' for 443. */
  httpsPort: string;
  trust: { networks: string[]; header: 'proxy_protocol' | 'X-Forwarded-For' } | null;
  /** Absent names: HTTPS is taken where `https` says, by nobody else. */
  forward: FrontForwarding | null;
  /** `variable` is nginx's name of the header. */
  bypass: { header: string; variable: string; token: string } | null;
  /** Endings, joined with `|`. */
  hidden: string;
  timeouts: FrontTimeouts;
  accessLog: string | null;
  environments: FrontEnvironment[];
  hosts: FrontHost[];
}

/** TLS is looked at before anybody takes it: by the name it asks for it goes to another host, or to `https`, a socket then. */
export interface FrontForwarding {
  /** The file of nginx's stream module; null where it is built in. */
  module: string | null;
  /** What follows `listen`. */
  listen: string[];
  /** `unix:/…`: where this host's own HTTPS is taken. */
  own: string;
  targets: ForwardTarget[];
}

export interface ForwardTarget {
  /** `forward-0` */
  name: string;
  hosts: string[];
  /** `host:port` */
  to: string;
  http: string | null;
  /** `unix:/…`: takes the PROXY line off for a host that does not read it; null for one that does. */
  without: string | null;
}

/** Absolute, as nginx sees them. */
export interface FrontPaths {
  pid: string;
  temp: string;
  /** `<host>.a.pem` and `<host>.b.pem`: chain and key in one. */
  certificates: string;
  challenges: string;
  users: string;
  /** A folder for sockets that workers alone reach. */
  sockets: string;
}

export interface FrontEnvironment {
  /** `shop-production` */
  name: string;
  /** The same as a part of nginx's variables. */
  id: string;
  /** In the order in which a path is looked up, `general` last. */
  limits: FrontLimit[];
  headers: { name: string; id: string; value: string; overTlsOnly: boolean }[];
  access: Access;
  maxBodyBytes: number;
  static: { root: string; fallback: string | null } | null;
  proxy: (ProxiedPath & { upstream: string; scheme: string; servers: string[] })[];
}

export interface FrontLimit {
  name: string;
  /** `30r/s` */
  rate: string;
  burst: number;
  /** nginx's regular expressions, each with its `~` or `~*`. */
  patterns: string[];
  /** When a client that was told 429 may come again, in seconds. */
  retryAfter: number;
}

export interface FrontHost {
  host: string;
  tls: boolean;
  /** The longest path first; each belongs to an environment, by its name. */
  locations: { path: string; environment: string; to: 'router' | 'static' | number }[];
}
