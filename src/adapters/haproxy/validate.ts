import { isIP } from 'node:net';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Route } from '../../pipeline/ports.ts';
import type { RouterOptions, RouterServer, RouterState } from './router-config.ts';

const backendPattern = /^[a-z0-9][a-z0-9-]{0,130}$/;
const serverPattern = /^[a-z0-9][a-z0-9-]{0,40}$/;
const hostPattern =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const pathPattern = /^\/(?:[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*\/?)?$/;
const socketPattern = /^\/[A-Za-z0-9._/@+-]{1,100}$/;

const refuse = (what: string, value: unknown): never => {
  const shown = JSON.stringify(String(value).slice(0, 80));
  throw new SiskinError('ROUTER_REFUSED', `${shown} cannot be a ${what} of the router.`);
};

/**
 * The last gate before text becomes HAProxy configuration: nothing passes but plain names, hosts, paths, addresses.
 * @throws SiskinError ROUTER_REFUSED naming the value
 */
export function assertValidState(state: RouterState): void {
  const owners = new Map<string, string>();
  for (const route of state.routes) {
    assertRoute(route);
    const place = `${route.host}${normalPath(route.path)}`;
    const owner = owners.get(place);
    if (owner !== undefined && owner !== route.backend) {
      throw new SiskinError('ROUTER_REFUSED', `${place} is routed to both ${owner} and ${route.backend}.`);
    }
    owners.set(place, route.backend);
  }
  for (const [backend, servers] of Object.entries(state.servers)) {
    assertBackend(backend);
    for (const server of servers) assertServer(server);
  }
}

/** @throws SiskinError ROUTER_REFUSED */
export function assertValidOptions(options: RouterOptions): void {
  for (const listen of [options.listen, options.metricsListen]) {
    const [, address = '', port] = /^(.*):(\d{1,5})$/.exec(listen) ?? [];
    const known = address === '*' || isIP(address.replace(/^\[(.*)\]$/, '$1')) !== 0;
    if (!known || !isPort(Number(port))) refuse('listening address', listen);
  }
  if (!socketPattern.test(options.adminSocket)) refuse('socket path', options.adminSocket);
  for (const network of options.trustedProxies ?? []) {
    const [address = '', bits = '0'] = network.split('/');
    if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) refuse('trusted proxy', network);
  }
}

/** The path without its last slash: `/api/` and `/api` are the same prefix. */
export const normalPath = (path: string): string => (path === '/' ? path : path.replace(/\/$/, ''));

/** @throws SiskinError ROUTER_REFUSED */
export function assertBackend(name: string): void {
  if (!backendPattern.test(name)) refuse('backend', name);
}

/** @throws SiskinError ROUTER_REFUSED */
export function assertServerName(name: string): void {
  if (!serverPattern.test(name)) refuse('server', name);
}

/** @throws SiskinError ROUTER_REFUSED */
export function assertServer(server: RouterServer): void {
  assertServerName(server.name);
  if (isIP(server.address) === 0 || server.address.includes('%')) refuse('server address', server.address);
  if (!isPort(server.port)) refuse('server port', server.port);
  assertWeight(server.weight);
}

/** @throws SiskinError ROUTER_REFUSED */
export function assertWeight(weight: number): void {
  if (!Number.isInteger(weight) || weight < 0 || weight > 256) refuse('server weight', weight);
}

function assertRoute(route: Route): void {
  assertBackend(route.backend);
  if (!hostPattern.test(route.host)) refuse('route host', route.host);
  const dots = route.path.split('/').some((segment) => segment === '.' || segment === '..');
  if (route.path.length > 200 || dots || !pathPattern.test(route.path)) refuse('route path', route.path);
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;
