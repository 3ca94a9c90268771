import type { Route } from '../../pipeline/ports.ts';
import type { RouterOptions, RouterServer, RouterState } from './router-config.ts';
import { assertValidOptions, assertValidState, normalPath } from './validate.ts';

/**
 * The whole haproxy.cfg. Pure; the same state gives the same text whatever the order it comes in.
 * @throws SiskinError ROUTER_REFUSED when any value is more than a plain name, host, path or address
 */
export function renderConfig(state: RouterState, options: RouterOptions): string {
  assertValidOptions(options);
  assertValidState(state);
  return [
    globalSection(options),
    defaultsSection,
    frontendSection(state.routes, options),
    metricsSection(options),
    noRouteSection,
    ...backendNames(state.routes).map((backend) => backendSection(backend, state.servers[backend] ?? [])),
  ].join('\n');
}

/** After a reload, how long clients' idle connections may still bring a request to the worker of before. */
export const closeSpreadMs = 1_000;

/** The backends of these routes, each once, in order. */
export const backendNames = (routes: Route[]): string[] => [...new Set(routes.map((r) => r.backend))].sort();

const globalSection = (options: RouterOptions): string => `# Written by Siskin. Changes are overwritten.
global
  log stdout format raw daemon notice
  stats socket ${options.adminSocket} mode 600 level admin expose-fd listeners
  stats timeout 10s
  # WebSockets of before a reload may stay this long.
  hard-stop-after 1h
  # A worker of before a reload says "close" with its next answer (see _front); idle connections it closes bit by bit.
  close-spread-time ${closeSpreadMs}ms
  maxconn ${options.maxConnections ?? 10_000}
  no strict-limits
`;

const defaultsSection = `defaults
  mode http
  timeout http-request 10s
  timeout http-keep-alive 1m
  timeout client 1m
  timeout client-fin 30s
  timeout connect 2s
  timeout queue 30s
  timeout server 10m
  timeout server-fin 30s
  timeout tunnel 1h
  retries 2
  option redispatch
  # Never a response timeout: the app may have acted on the request.
  retry-on conn-failure empty-response
  # A connection to a replica carries one request: one that the app closes while a POST is on its way would lose it.
  option http-server-close
  http-error status 503 content-type text/plain string "No replica can answer at the moment.\\n" hdr retry-after 2
`;

function frontendSection(routes: Route[], options: RouterOptions): string {
  const trusted = (options.trustedProxies ?? ['127.0.0.0/8', '::1']).join(' ');
  const lines = [
    'frontend _front',
    `  bind ${options.listen}`,
    `  acl from_front src ${trusted}`,
    '  http-request del-header x-forwarded-for unless from_front',
    '  http-request set-header x-forwarded-proto http unless from_front { req.hdr(x-forwarded-proto) -m found }',
    '  option forwardfor if-none',
    '  # An empty answer may mean that the app acted: only methods that change nothing are sent again.',
    '  http-request disable-l7-retry unless { method GET HEAD OPTIONS }',
    '  http-request set-var(txn.host) req.hdr(host),field(1,:),lower,rtrim(.)',
    '  http-after-response set-header connection close if { stopping } !{ status 101 }',
    ...sortRoutes(routes).flatMap(routeLines),
    '  default_backend _no-route',
  ];
  return `${lines.join('\n')}\n`;
}

function routeLines(route: Route): string[] {
  const path = normalPath(route.path);
  const rule = `  use_backend ${route.backend} if { var(txn.host) -m str ${route.host} }`;
  if (path === '/') return [rule];
  return [`${rule} { path -m str ${path} }`, `${rule} { path -m beg ${path}/ }`];
}

/** The longest path first, for the first rule that matches wins. */
function sortRoutes(routes: Route[]): Route[] {
  const key = (route: Route) => `${route.host} ${normalPath(route.path)}`;
  return [...routes].sort(
    (a, b) => normalPath(b.path).length - normalPath(a.path).length || (key(a) < key(b) ? -1 : 1),
  );
}

const metricsSection = (options: RouterOptions): string => `frontend _metrics
  bind ${options.metricsListen}
  monitor-uri /health
  http-request use-service prometheus-exporter if { path /metrics }
  default_backend _no-route
`;

const noRouteSection = `backend _no-route
  http-request return status 404 content-type text/plain string "No route is known for this host and path.\\n"
`;

function backendSection(backend: string, servers: RouterServer[]): string {
  const sorted = [...servers].sort((a, b) => (a.name < b.name ? -1 : 1));
  return `${[`backend ${backend}`, '  balance roundrobin', ...sorted.map(serverLine)].join('\n')}\n`;
}

/** HAProxy has no word for "draining" in a file: weight 0 takes no new requests just the same. */
function serverLine(server: RouterServer): string {
  const weight = server.state === 'drain' ? 0 : server.weight;
  const disabled = server.state === 'maintenance' ? ' disabled' : '';
  return `  server ${server.name} ${endpoint(server.address, server.port)} weight ${weight}${disabled}`;
}

/** `10.0.0.1:80`, `[::1]:80`. */
export const endpoint = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
