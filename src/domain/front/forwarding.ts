import { asPath, endpoint } from './config-text.ts';
import type { ForwardTarget, FrontForwarding, FrontPaths } from './model.ts';
import type { Forward, FrontSettings } from './settings.ts';

interface ForwardingInput {
  settings: FrontSettings;
  paths: FrontPaths;
  streamModule?: string;
}

/** What is passed on to other hosts, and where this host's own HTTPS is taken then; null where nothing is. */
export function forwardingOf({ settings, paths, streamModule }: ForwardingInput): FrontForwarding | null {
  const { forward, https } = settings;
  if (forward.length === 0 || https === undefined) return null;
  const socket = (name: string) => `unix:${asPath(paths.sockets)}/${name}.sock`;
  return {
    module: streamModule === undefined ? null : asPath(streamModule),
    listen: [`${endpoint(https)}${proxyLine(settings)}`],
    own: socket('own'),
    targets: forward.map((one, index) => targetOf(one, `forward-${index}`, socket)),
  };
}

const targetOf = (
  { hosts, to, http, proxyProtocol }: Forward,
  name: string,
  socket: (name: string) => string,
): ForwardTarget => ({
  name,
  hosts: [...hosts].sort(),
  to: endpoint(to),
  http: http ? endpoint(http) : null,
  without: proxyProtocol ? null : socket(name),
});

/** Where servers of this host take HTTPS: at its port, or at the socket behind it, where the client's address comes first. */
export function httpsListens(settings: FrontSettings, forwarding: FrontForwarding | null): string[] {
  if (forwarding) return [`"${forwarding.own}" proxy_protocol`];
  return settings.https ? [`${endpoint(settings.https)}${proxyLine(settings)}`] : [];
}

/** What `listen` has besides, where each connection begins with the PROXY protocol's line. */
export const proxyLine = ({ trust }: FrontSettings): string =>
  trust?.by === 'proxy-protocol' ? ' proxy_protocol' : '';
