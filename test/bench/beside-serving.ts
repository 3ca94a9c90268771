import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectDocker } from '../../src/adapters/docker/connect.ts';
import { DockerReplicas } from '../../src/adapters/docker/replicas.ts';
import { HttpProber } from '../../src/adapters/http/prober.ts';
import { backendName, type EnvironmentKey, imageReference, replicaName } from '../../src/domain/names.ts';
import type { ObservedReplica, ObservedServer } from '../../src/domain/observation.ts';
import { splitTraffic } from '../../src/domain/traffic-split.ts';
import type { ReplicaRequest, Router } from '../../src/pipeline/ports.ts';
import type { Behaviour } from '../support/app-repository.ts';
import { type HaproxyFixture, startHaproxy } from '../support/haproxy-fixture.ts';
import type { TestSiskin } from '../support/siskin.ts';
import { serviceSpec } from '../support/specs.ts';

const service = 'web';
const port = 3000;

/** The replicas that Siskin serves with, behind a router of their own, and one canary beside them that Siskin knows nothing of. */
export interface BesideServing {
  /** Origin of that router. */
  origin: string;
  router: Router;
  backend: string;
  /** Healthy, not attached yet, with the weight that gives it the share. */
  canary: Pick<ObservedServer, 'name' | 'address' | 'port' | 'weight'>;
  /** Ends the router and the canary; the old replicas stay. */
  remove(): Promise<void>;
}

/**
 * The canary runs the serving release's image with another behaviour.json, so that nothing has to be built. It has an
 * environment of its own, so that Siskin takes it for none of its replicas.
 *
 * @param serving number of the release that serves in `production`
 * @param share what the canary is to get of all requests, 0 to 1
 */
export async function besideServing(
  { app, host }: TestSiskin,
  serving: number,
  behaviour: Behaviour,
  share: number,
): Promise<BesideServing> {
  const production = { app, environment: 'production' };
  const replicas = new DockerReplicas(connectDocker());
  const old = (await replicas.list(production, service)).filter(
    ({ release, status }) => release === serving && status === 'running',
  );
  const split = splitTraffic(share, old.length);
  const backend = backendName(production, service);
  const folder = await mkdtemp(join(tmpdir(), 'sk-b-'));
  const behaviourFile = join(folder, 'behaviour.json');
  await writeFile(behaviourFile, JSON.stringify(behaviour));
  const request = canaryRequest(app, imageReference(production, serving), behaviourFile);
  let fixture: HaproxyFixture | undefined;
  const remove = async (): Promise<void> => {
    await fixture?.close();
    await replicas.remove(request, service, request.replica);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    fixture = await startHaproxy([{ backend, host, path: '/' }]);
    for (const replica of old) {
      await fixture.router.addServer(backend, replica.name, addressOf(replica), port);
      await fixture.router.enableServer(backend, replica.name, split.baseline);
    }
    const address = await startHealthy(replicas, request);
    return {
      origin: `http://127.0.0.1:${fixture.port}`,
      router: fixture.router,
      backend,
      canary: { name: 'canary', address, port, weight: split.canary },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function canaryRequest(app: string, image: string, behaviourFile: string): ReplicaRequest {
  const { container } = serviceSpec();
  const target = '/app/behaviour.json';
  const mount = { type: 'bind' as const, source: behaviourFile, target, readOnly: true };
  return {
    app,
    environment: 'fixed-window',
    service,
    replica: replicaName(1, 1),
    release: 1,
    slot: 1,
    deployment: 'bench',
    specHash: 'bench',
    image,
    container: { ...container, mounts: [mount] },
    secretFiles: {},
    port,
    stopGraceMs: 1_000,
    fence: 0,
    assertHeld: async () => undefined,
  };
}

async function startHealthy(replicas: DockerReplicas, request: ReplicaRequest): Promise<string> {
  await replicas.start(request);
  const prober = new HttpProber();
  const signal = AbortSignal.timeout(30_000);
  for (;;) {
    const address = await addressNow(replicas, request);
    const probe = { address, port: request.port, path: '/healthz', timeoutMs: 1_000 };
    const answer = await prober.probe(probe, signal);
    if ('status' in answer && answer.status === 200) return address;
    await delay(50, undefined, { signal });
  }
}

async function addressNow(replicas: DockerReplicas, key: EnvironmentKey): Promise<string> {
  const [replica] = await replicas.list(key, service);
  if (!replica) throw new Error('the canary beside the serving replicas is gone');
  return addressOf(replica);
}

function addressOf({ name, address }: ObservedReplica): string {
  if (address === null) throw new Error(`${name} has no address`);
  return address;
}
