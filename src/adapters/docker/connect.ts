import { Agent, type AgentOptions } from 'node:http';
import { createConnection, type NetConnectOpts, type Socket } from 'node:net';
import Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';

const connectTimeoutMs = 5_000;
/** A connection on which nothing moved for so long is dead; a quiet step of a build is not yet. */
const idleTimeoutMs = 60 * 60_000;
const keepAliveMs = 30_000;

/**
 * A client of the Docker engine. Nothing is sent yet.
 * @param host `unix:///path`, `tcp://host:port` or `http://host:port`; default `unix:///var/run/docker.sock`
 * @throws SiskinError DOCKER_UNAVAILABLE when the address is of another kind
 */
export function connectDocker(host = 'unix:///var/run/docker.sock'): Docker {
  // every key stands here, for docker-modem takes those that are absent from DOCKER_HOST; the API's version is left
  // to the engine, since Engine 29 refuses what older ones need
  const options = {
    ...addressOf(host),
    protocol: 'http' as const,
    timeout: idleTimeoutMs,
    agent: new EngineAgent(),
  };
  return new Docker(options);
}

type Address =
  | { socketPath: string; host: undefined }
  | { host: string; port: number; socketPath: undefined };

function addressOf(host: string): Address {
  if (host.startsWith('unix:///')) return { socketPath: host.slice('unix://'.length), host: undefined };
  const url = URL.canParse(host) ? new URL(host) : undefined;
  if (!url || !/^(tcp|http):$/.test(url.protocol) || url.hostname === '')
    throw new SiskinError(
      'DOCKER_UNAVAILABLE',
      `the Docker engine's address ${host.slice(0, 200)} is none of unix:///path, tcp://host:port, http://host:port`,
      { hint: 'Mend `docker.host` in siskin.yaml.' },
    );
  return { host: url.hostname, port: Number(url.port || 2375), socketPath: undefined };
}

/**
 * One connection for each request, which must be made in time. A kept-alive one may be closed by the engine in the
 * very moment it is used again, and local ones cost nothing.
 */
class EngineAgent extends Agent {
  constructor(options: AgentOptions = {}) {
    super({ ...options, keepAlive: false });
  }

  override createConnection(options: NetConnectOpts): Socket {
    const socket = createConnection(options);
    socket.setKeepAlive(true, keepAliveMs);
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('connecting took too long'), { code: 'ETIMEDOUT' }));
    }, connectTimeoutMs);
    socket.once('connect', () => clearTimeout(timer));
    socket.once('close', () => clearTimeout(timer));
    return socket;
  }
}
