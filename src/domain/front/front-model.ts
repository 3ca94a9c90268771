import { asPath, asRegex, endpoint, list, quotable } from './config-text.ts';
import { forwardingOf, httpsListens, proxyLine } from './forwarding.ts';
import type { FrontEnvironment, FrontHost, FrontLimit, FrontModel, FrontPaths } from './model.ts';
import {
  type Access,
  type FrontSettings,
  type Limit,
  limitNames,
  type Rate,
  type SecurityHeaders,
  type SiteSettings,
} from './settings.ts';

/** An environment with the routes by which it is reached. */
export interface FrontSite {
  app: string;
  environment: string;
  routes: { host: string; path: string }[];
  site: SiteSettings;
  access: Access;
}

export interface FrontInput {
  settings: FrontSettings;
  paths: FrontPaths;
  /** The workers' user; null where nginx is not started by root. */
  user: string | null;
  router: string;
  status: string;
  /** Where the access log goes: a file, or /dev/stdout. */
  logTo: string;
  /** The file of nginx's stream module, where it is one; only with `settings.forward`. */
  streamModule?: string;
  sites: FrontSite[];
}

/**
 * What nginx is to do, from the routes of all environments. Pure; the order of environments and routes does not matter.
 * @throws SiskinError FRONT_REFUSED when a value would mean something to nginx
 */
export function frontModel(input: FrontInput): FrontModel {
  const { settings, paths, user, router, status, logTo, sites } = input;
  const { http, https, trust, bypass, timeouts } = settings;
  const forward = forwardingOf(input);
  const environments = sites
    .filter(({ routes }) => routes.length > 0)
    .map((site) => environmentOf(site, settings))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    paths: mapped(paths, asPath),
    user,
    router,
    status,
    http: http ? [`${endpoint(http)}${proxyLine(settings)}`] : [],
    https: httpsListens(settings, forward),
    httpsPort: https && https.port !== 443 ? `:${https.port}` : '',
    trust: trust
      ? {
          networks: list(trust.networks),
          header: trust.by === 'proxy-protocol' ? 'proxy_protocol' : 'X-Forwarded-For',
        }
      : null,
    forward,
    bypass: bypass
      ? {
          ...bypass,
          token: quotable(bypass.token),
          variable: bypass.header.toLowerCase().replaceAll('-', '_'),
        }
      : null,
    hidden: settings.hidden.map(asRegex).join('|'),
    timeouts,
    accessLog: settings.accessLog ? asPath(logTo) : null,
    environments,
    hosts: hostsOf(sites, https !== undefined),
  };
}

function environmentOf(
  { app, environment, site, access }: FrontSite,
  settings: FrontSettings,
): FrontEnvironment {
  const name = `${app}-${environment}`;
  return {
    name,
    id: name.replaceAll('-', '_'),
    limits: limitNames.map((limit) => limitOf(limit, { ...settings.limits[limit], ...site.limits[limit] })),
    headers: headersOf({ ...settings.headers, ...site.headers }),
    access,
    maxBodyBytes: site.maxBodyBytes ?? settings.maxBodyBytes,
    static: site.static ? { root: asPath(site.static.root), fallback: site.static.fallback ?? null } : null,
    proxy: site.proxy.map((proxied, index) => ({
      ...proxied,
      host: quotable(proxied.host),
      upstream: `${name}-${index}`,
      scheme: proxied.to[0]?.startsWith('https:') ? 'https' : 'http',
      servers: proxied.to.map(serverOf),
    })),
  };
}

/** `http://minio` → `minio:80` */
function serverOf(origin: string): string {
  const [, scheme, rest = ''] = /^(https?):\/\/([^/]+)$/.exec(origin) ?? [];
  return /:\d+$/.test(rest) ? rest : `${rest}:${scheme === 'https' ? 443 : 80}`;
}

function limitOf(name: string, { rate, burst, paths }: Limit): FrontLimit {
  return {
    name,
    rate: rateText(rate),
    burst,
    patterns: paths.map(patternOf),
    retryAfter: Math.max(1, Math.ceil((rate.per === 's' ? 1 : 60) / rate.requests)),
  };
}

export const rateText = ({ requests, per }: Rate): string => `${requests}r/${per}`;

/** `/api` is itself and what is below it; `*.css` an ending, in small letters or not. */
const patternOf = (path: string): string =>
  path.startsWith('*.') ? `~*\\.${asRegex(path.slice(2))}$` : `~^${asRegex(withoutSlash(path))}(/|$)`;

const headersOf = (headers: SecurityHeaders): FrontEnvironment['headers'] =>
  [
    { name: 'Strict-Transport-Security', value: headers.hsts, overTlsOnly: true },
    { name: 'Content-Security-Policy', value: headers.csp, overTlsOnly: false },
    { name: 'X-Frame-Options', value: headers.frameOptions, overTlsOnly: false },
    { name: 'X-Content-Type-Options', value: headers.contentTypeOptions, overTlsOnly: false },
    { name: 'Referrer-Policy', value: headers.referrerPolicy, overTlsOnly: false },
  ]
    .filter(({ value }) => value !== '')
    .map(({ value, ...header }) => ({
      ...header,
      id: header.name.toLowerCase().replaceAll('-', '_'),
      value: quotable(value),
    }));

/** One server per host; several environments may share it by their paths. */
function hostsOf(sites: FrontSite[], tlsPossible: boolean): FrontHost[] {
  const hosts = new Map<string, FrontHost>();
  for (const site of sites) {
    for (const { host, path } of site.routes) {
      const found = hosts.get(host) ?? { host, tls: false, locations: [] };
      hosts.set(host, found);
      found.tls ||= tlsPossible && site.site.tls !== 'off';
      found.locations.push(...locationsOf(site, path, found));
    }
  }
  for (const { locations } of hosts.values()) locations.sort(longestFirst);
  return [...hosts.values()].sort((a, b) => (a.host < b.host ? -1 : 1));
}

function locationsOf(site: FrontSite, path: string, { locations }: FrontHost): FrontHost['locations'] {
  const environment = `${site.app}-${site.environment}`;
  const own = { path: withoutSlash(path) || '/', environment, to: 'router' as const };
  if (locations.some((location) => location.environment === environment)) return [own];
  return [
    own,
    ...(site.site.static ? [{ path: '/', environment, to: 'static' as const }] : []),
    ...site.site.proxy.map((proxied, to) => ({ path: proxied.path, environment, to })),
  ];
}

const longestFirst = (a: { path: string }, b: { path: string }): number =>
  b.path.length - a.path.length || (a.path < b.path ? -1 : 1);

const withoutSlash = (path: string): string => path.replace(/\/$/, '');

const mapped = (paths: FrontPaths, change: (path: string) => string): FrontPaths => ({
  pid: change(paths.pid),
  temp: change(paths.temp),
  certificates: change(paths.certificates),
  challenges: change(paths.challenges),
  users: change(paths.users),
  sockets: change(paths.sockets),
});
