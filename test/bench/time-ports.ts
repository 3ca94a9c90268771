import { appendFileSync } from 'node:fs';
import { DockerImages } from '../../src/adapters/docker/images.ts';
import { DockerReplicas } from '../../src/adapters/docker/replicas.ts';
import { GitSource } from '../../src/adapters/git/git-source.ts';
import { HaproxyRouter } from '../../src/adapters/haproxy/haproxy-router.ts';
import { HttpProber } from '../../src/adapters/http/prober.ts';
import { PrometheusMetrics } from '../../src/adapters/prometheus/prometheus-metrics.ts';
import { RedisDeploymentStore } from '../../src/adapters/redis/deployment-store.ts';

/**
 * Loaded into a `siskin up` before its own code (`--import`): writes down when each call of a port began and ended.
 * Siskin itself does not know of it.
 */
const file = process.env.SISKIN_BENCH_CALLS;
const ports = {
  Images: DockerImages,
  Replicas: DockerReplicas,
  Source: GitSource,
  Router: HaproxyRouter,
  Prober: HttpProber,
  Metrics: PrometheusMetrics,
  Store: RedisDeploymentStore,
};

if (file !== undefined)
  for (const [port, { prototype }] of Object.entries(ports)) timeMethods(file, port, prototype);

const now = (): number => performance.timeOrigin + performance.now();

function timeMethods(to: string, port: string, prototype: object): void {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
    if (name === 'constructor' || typeof value !== 'function') continue;
    const timed = async function (this: unknown, ...args: unknown[]): Promise<unknown> {
      const from = now();
      try {
        return await Reflect.apply(value, this, args);
      } finally {
        appendFileSync(to, `${JSON.stringify({ method: `${port}.${name}`, from, to: now() })}\n`);
      }
    };
    Object.defineProperty(prototype, name, { value: timed });
  }
}
