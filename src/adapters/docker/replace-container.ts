import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { networksAgain, settingsAgain } from './container-again.ts';
import { doneWhen, engineStatus, reachingEngine } from './engine-errors.ts';

/** How often it is asked for its health, and how long it may take to be well. */
const pollMs = 500;
const patienceMs = 180_000;
/** One that has no health check must have run so long. */
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
  await well(made, name);
}

async function well(container: Docker.Container, name: string): Promise<void> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const { State, RestartCount } = await reachingEngine(() => container.inspect());
    const health = State.Health?.Status ?? 'none';
    if (!State.Running || RestartCount > 0 || health === 'unhealthy' || Date.now() > end)
      throw new SiskinError(
        'STANDBY_SYNC_FAILED',
        `${name} does not run with the image that was brought (${State.Status}, ${health === 'none' ? `exit code ${State.ExitCode}` : health}); the one before runs again`,
      );
    if (health === 'healthy') return;
    if (health === 'none' && Date.now() - Date.parse(State.StartedAt) > settleMs) return;
    await delay(pollMs);
  }
}

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
