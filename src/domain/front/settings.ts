/** What siskin.yaml says about the front, checked, in Siskin's own units. */
export interface FrontSettings {
  http?: Listen;
  https?: Listen;
  /** Absolute path: one folder per certificate, with fullchain.pem and privkey.pem. */
  certificates: string;
  /** Absolute path of the ACME webroot; absent: below dataDir. */
  challenges?: string;
  /** Absolute path of a folder: a file of `user:hash` lines per name that `access.basicAuth` can have. */
  users: string;
  /** Who may say which client a connection is from, and how they say it. */
  trust?: { networks: string[]; by: 'proxy-protocol' | 'x-forwarded-for' };
  /** Names of other hosts behind the same public address. */
  forward: Forward[];
  limits: Limits;
  /** Requests with this header and token count towards no limit. The token is a secret. */
  bypass?: { header: string; token: string };
  headers: SecurityHeaders;
  /** Endings of files that are never served, without dot. */
  hidden: string[];
  maxBodyBytes: number;
  timeouts: FrontTimeouts;
  accessLog: boolean;
  /** The user of nginx's workers where Siskin runs as root. */
  user: string;
}

export interface Listen {
  /** An IP address or `localhost`; IPv6 without brackets. */
  host: string;
  port: number;
}

/** What comes for these names belongs to another host, which does its own HTTPS: it is passed on to it. */
export interface Forward {
  /** In small letters. */
  hosts: string[];
  /** Where that host takes HTTPS: an address, so that nginx asks no DNS. */
  to: Listen;
  /** Where it takes plain HTTP; absent: browsers are sent to HTTPS from here. */
  http?: Listen;
  /** Whether it reads the client's address from the PROXY protocol. */
  proxyProtocol: boolean;
}

/** The order in which a path is looked up; `general` is what no other has. */
export const limitNames = ['auth', 'websocket', 'heavy', 'light', 'general'] as const;
export type LimitName = (typeof limitNames)[number];
export type Limits = Record<LimitName, Limit>;

/** A token bucket per client: `burst` requests beyond the rate pass at once, what is more is answered 429. */
export interface Limit {
  rate: Rate;
  burst: number;
  /** Path prefixes (`/api`) and endings (`*.css`); none for `general`. */
  paths: string[];
}

export interface Rate {
  requests: number;
  per: 's' | 'm';
}

/** Values of the headers that are added where the app sets none; '' adds none. */
export interface SecurityHeaders {
  hsts: string;
  csp: string;
  frameOptions: string;
  contentTypeOptions: string;
  referrerPolicy: string;
}

/** All in milliseconds. */
export interface FrontTimeouts {
  /** For a request's header and between two pieces of its body. */
  client: number;
  keepAlive: number;
  /** Between two pieces of an answer, and between two messages of a WebSocket. */
  read: number;
}

/** An environment's own settings. */
export interface SiteSettings {
  /** auto: HTTPS once there is a certificate; required: none is an error; off: HTTP only. */
  tls: 'auto' | 'required' | 'off';
  limits: { [Name in LimitName]?: Partial<Limit> };
  headers: Partial<SecurityHeaders>;
  maxBodyBytes?: number;
  /** A folder whose files are served at `/`; `fallback` for paths that name none, as single-page apps want. */
  static?: { root: string; fallback?: string };
  proxy: ProxiedPath[];
}

/** A path that goes to something else than the router: a store of files, a service of another machine. */
export interface ProxiedPath {
  /** With a slash at its end. */
  path: string;
  /** Origins of one scheme. */
  to: string[];
  /** What stands before the rest of the path there, e.g. `/bucket/`. */
  base: string;
  /** The Host header it gets. */
  host: string;
  methods: string[];
  /** After this many failures within `failTimeoutMs` an origin is left alone for as long. */
  maxFails: number;
  failTimeoutMs: number;
}

/** Who may reach an environment through the front. */
export interface Access {
  /** Addresses and networks; none: from anywhere. */
  allow: string[];
  /** Name of a file in `users`. */
  basicAuth?: string;
  /** Whether both are asked for, or one of them is enough. */
  satisfy: 'all' | 'any';
}

export const openAccess: Access = { allow: [], satisfy: 'all' };
