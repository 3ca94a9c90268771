import type Docker from 'dockerode';
import { z } from 'zod';
import { doneWhen, reachingEngine } from './engine-errors.ts';
import { untilEvent } from './until-event.ts';

/** A container of a Compose project. */
export interface ProjectContainer {
  name: string;
  service: string;
  /** `starting` is a health check that has not decided yet; `none` has none. */
  health: 'starting' | 'healthy' | 'unhealthy' | 'none';
  state: string;
  restarts: number;
  /** The engine starts it again when it ends. */
  lasting: boolean;
  exitCode: number;
  /** In bytes; 0 without limit. */
  memoryLimit: number;
  /** What its health check said last; empty without one. */
  healthOutput: string;
}

const label = 'com.docker.compose.project';

/** All of a project, running or not, by name. @throws SiskinError DOCKER_UNAVAILABLE */
export async function projectContainers(docker: Docker, project: string): Promise<ProjectContainer[]> {
  const filters = { label: [`${label}=${project}`] };
  const listed = await reachingEngine(() => docker.listContainers({ all: true, filters }));
  // `docker-compose run` leaves one-off containers behind, which are nobody's service.
  const lasting = listed.filter(({ Labels }) => Labels['com.docker.compose.oneoff'] !== 'True');
  const found = await Promise.all(lasting.map(({ Id }) => inspected(docker, Id)));
  return found.flat().sort((a, b) => a.name.localeCompare(b.name));
}

/** One that went away in the meantime is none. */
async function inspected(docker: Docker, id: string): Promise<ProjectContainer[]> {
  const container = docker.getContainer(id);
  let info: Awaited<ReturnType<typeof container.inspect>> | undefined;
  await doneWhen([404], async () => {
    info = await container.inspect();
  });
  if (info === undefined) return [];
  const { Name, Config, State, HostConfig, RestartCount } = info;
  return [
    {
      name: Name.replace(/^\//, ''),
      service: Config.Labels['com.docker.compose.service'] ?? '',
      health: healthOf(State.Health?.Status),
      state: State.Status,
      restarts: RestartCount,
      lasting: !['', 'no'].includes(HostConfig.RestartPolicy?.Name ?? ''),
      exitCode: State.ExitCode,
      memoryLimit: HostConfig.Memory ?? 0,
      healthOutput: State.Health?.Log?.at(-1)?.Output?.trim().slice(0, 500) ?? '',
    },
  ];
}

const healthSchema = z.enum(['starting', 'healthy', 'unhealthy']);
const healthOf = (status: string | undefined): ProjectContainer['health'] =>
  healthSchema.safeParse(status).data ?? 'none';

/**
 * Calls `look` now and whenever something happens to the project's containers, until it returns true.
 * @param signal ends the waiting @returns whether `look` did @throws as untilEvent
 */
export const untilProject = (
  docker: Docker,
  project: string,
  look: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<boolean> => untilEvent(docker, { label: [`${label}=${project}`] }, look, signal);
