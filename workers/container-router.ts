import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { connectDocker } from '../src/adapters/docker/connect.ts';
import { HaproxyRouter } from '../src/adapters/haproxy/haproxy-router.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import { messageOf, SiskinError } from '../src/domain/errors/siskin-error.ts';

/** How long a router in a container may take to come up, in ms; then the worker ends, and is restarted by Docker. */
const startTimeoutMs = 60_000;
const everyMs = 100;
const loopback = ['127.0.0.0/8', '::1'];

/**
 * A HAProxy in a container, by its sockets. Their folder is shared with it and holds haproxy.cfg, which it waits for:
 * so that is written first, then the sockets are awaited, then it is given what a file cannot say.
 *
 * @param adminSocket path of the admin socket, the same in both containers; `master.sock` stands beside it
 * @throws SiskinError ROUTER_UNAVAILABLE when it is not there within `timeoutMs`
 */
export async function openContainerRouter(
  config: Pick<SiskinConfig, 'router' | 'docker'>,
  adminSocket: string,
  timeoutMs = startTimeoutMs,
): Promise<{ value: HaproxyRouter; metrics: string; stop(): Promise<void> }> {
  const { container, listen, trust = [] } = config.router;
  const folder = dirname(adminSocket);
  // Which of the host's addresses they stand behind is the container's business (`ports`).
  const metrics = '*:8404';
  const deadline = performance.now() + timeoutMs;
  const here = container === undefined ? loopback : await gatewaysOf(config.docker.host, container, deadline);
  const router = new HaproxyRouter({
    listen: `*:${listen.port}`,
    metricsListen: metrics,
    configFile: join(folder, 'haproxy.cfg'),
    adminSocket,
    masterSocket: join(folder, 'master.sock'),
    binary: null,
    trustedProxies: [...here, ...trust],
  });
  await router.prepare();
  while (!(await router.ready())) {
    if (performance.now() > deadline) throw notThere(container, `it does not answer on ${adminSocket}`);
    await sleep(everyMs);
  }
  await router.recover();
  return { value: router, metrics, stop: async () => undefined };
}

/**
 * Loopback, and the addresses by which this host reaches the container: a front proxy on the host comes from there, and
 * its X-Forwarded-* headers are to be believed as they are where HAProxy runs on the host itself.
 */
async function gatewaysOf(dockerHost: string, container: string, deadline: number): Promise<string[]> {
  const docker = connectDocker(dockerHost);
  for (;;) {
    try {
      const { State, NetworkSettings } = await docker.getContainer(container).inspect();
      if (!State.Running) throw new Error(`it is ${State.Status}`);
      const gateways = Object.values(NetworkSettings.Networks).flatMap(gatewayAddresses);
      return [...loopback, ...gateways.sort()];
    } catch (error) {
      // Compose creates the router after the worker, and the engine may be starting.
      if (performance.now() > deadline) throw notThere(container, messageOf(error), error);
      await sleep(everyMs);
    }
  }
}

const gatewayAddresses = ({ Gateway, IPv6Gateway }: Docker.NetworkInfo): string[] =>
  [Gateway, IPv6Gateway].filter((address) => address !== '');

const notThere = (container: string | undefined, why: string, cause?: unknown): SiskinError =>
  new SiskinError('ROUTER_UNAVAILABLE', `The router's container ${container ?? ''} is not there: ${why}.`, {
    cause,
    hint: 'Start the container that siskin.yaml names in `router`; it and the worker share the folder of `router.socket`, and run as the same user.',
  });
