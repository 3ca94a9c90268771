import type Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { networksAgain, settingsAgain } from './container-again.ts';
import { doneWhen, engineStatus, reachingEngine } from './engine-errors.ts';
import { untilEvent } from './until-event.ts';

/** How long it may take to be healthy, in ms. */
const patienceMs = 180_000;
/** One that has no health check must have run so long, in ms. */
const settleMs = 3_000;

/**
 * Starts a container anew from the image that its image's name stands for now: the same settings, networks and addresses.
 * When the new one does not become well, the old one is back.
 * @returns whether there was anything to do: nothing when it is not there, or is of that image already
 * @throws SiskinError STANDBY_SYNC_FAILED
 */
export async function replaceContainer(docker: Docker, name: string, image: string): Promise<boolean> {
  await putBack(docker, name);
  const old = await inspected(docker, name);
  const { Id: wanted } = await reachingEngine(() => docker.getImage(image).inspect());
  if (old === null || old.Config.Image !== image || old.Image === wanted) return false;
  const before = await reachingEngine(() => docker.getImage(old.Image).inspect());
  const container = docker.getContainer(old.Id);
  await reachingEngine(() => container.rename({ name: nameBefore(name) }));
  try {
    // Its address is free again only when it has ended.
    await doneWhen([304], () => container.stop());
    await startAgain(docker, { name, old, before });
  } catch (error) {
    await putBack(docker, name);
    throw error;
  }
  await doneWhen([404], () => container.remove({ force: true }));
  return true;
}

const nameBefore = (name: string): string => `${name}-before`;

interface Again {
  name: string;
  old: Docker.ContainerInspectInfo;
  before: Docker.ImageInspectInfo;
}

async function startAgain(docker: Docker, { name, old, before }: Again): Promise<void> {
  const [first, ...others] = networksAgain(old);
  const made = await reachingEngine(() =>
    docker.createContainer({
      ...settingsAgain(old, before),
      name,
      ...(first && { NetworkingConfig: { EndpointsConfig: { [first.network]: first.endpoint } } }),
    }),
  );
  // Before API 1.44 a container is made with one network only.
  for (const { network, endpoint } of others)
    await reachingEngine(() =>
      docker.getNetwork(network).connect({ Container: made.id, EndpointConfig: endpoint }),
    );
  await reachingEngine(() => made.start());
  await well(docker, made, name);
}

/** Waits for its health check, or without one for nothing to happen to it for some seconds. @throws SiskinError STANDBY_SYNC_FAILED */
async function well(docker: Docker, container: Docker.Container, name: string): Promise<void> {
  const healthOf = async (): Promise<string> => {
    const { State, RestartCount } = await reachingEngine(() => container.inspect());
    const health = State.Health?.Status ?? 'none';
    if (!State.Running || RestartCount > 0 || health === 'unhealthy')
      throw notWell(name, `${State.Status}, ${health === 'none' ? `exit code ${State.ExitCode}` : health}`);
    return health;
  };
  const isHealthy = async (): Promise<boolean> => (await healthOf()) === 'healthy';
  const checked = (await healthOf()) !== 'none';
  const signal = AbortSignal.timeout(checked ? patienceMs : settleMs);
  if (await untilEvent(docker, { container: [container.id] }, isHealthy, signal)) return;
  if (checked) throw notWell(name, `${await healthOf()} after ${patienceMs / 1_000} s`);
}

const notWell = (name: string, how: string): SiskinError =>
  new SiskinError(
    'STANDBY_SYNC_FAILED',
    `${name} does not run with the image that was brought (${how}); the one before runs again`,
  );

/** Also what a process that was killed halfway has left. */
async function putBack(docker: Docker, name: string): Promise<void> {
  const before = await inspected(docker, nameBefore(name));
  if (before === null) return;
  await doneWhen([404], () => docker.getContainer(name).remove({ force: true }));
  const container = docker.getContainer(before.Id);
  await reachingEngine(() => container.rename({ name }));
  await doneWhen([304], () => container.start());
}

async function inspected(docker: Docker, name: string): Promise<Docker.ContainerInspectInfo | null> {
  try {
    return await reachingEngine(() => docker.getContainer(name).inspect());
  } catch (error) {
    if (engineStatus(error) === 404) return null;
    throw error;
  }
}
