import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';

const exec = promisify(execFile);
const docker = new Docker();

export const checkout = join(import.meta.dirname, '..', '..');

/** Runs a program and gives what it printed; its failure carries both of its outputs. */
export async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<string> {
  const options = { cwd: checkout, env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024 };
  const { stdout } = await exec(program, [...args], options);
  return stdout;
}

/** Debian's docker-compose where it is installed, else the engine's plugin. */
export async function composeCommand(): Promise<[string, ...string[]]> {
  try {
    await run('docker-compose', ['version']);
    return ['docker-compose'];
  } catch {
    return ['docker', 'compose']; // which says itself when it is not there either
  }
}

/** docker-compose.yml of this checkout as a project of its own. @param files more Compose files, laid over it */
export function composeProject(name: string, files: readonly string[], env: Record<string, string>) {
  const all = [join(checkout, 'docker-compose.yml'), ...files].flatMap((file) => ['--file', file]);
  const compose = async (...args: string[]) => {
    const [program, ...verb] = await composeCommand();
    return run(program, [...verb, '--project-name', name, ...all, ...args], env);
  };
  /** Running containers by service, as the engine describes them. */
  const services = async (): Promise<Record<string, Docker.ContainerInspectInfo>> => {
    const filters = { label: [`com.docker.compose.project=${name}`] };
    const found = await docker.listContainers({ filters });
    const inspected = await Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
    return Object.fromEntries(
      inspected.map((info) => [info.Config.Labels['com.docker.compose.service'], info]),
    );
  };
  return {
    compose,
    services,
    /** Resolves when the service's own health check says so. */
    async healthy(service: string): Promise<void> {
      while ((await services())[service]?.State.Health?.Status !== 'healthy') await delay(100);
    },
    /** What the engine holds of the project, running or not. */
    async held(): Promise<{ containers: string[]; volumes: string[]; networks: string[] }> {
      const filters = { label: [`com.docker.compose.project=${name}`] };
      const [containers, volumes, networks] = await Promise.all([
        docker.listContainers({ all: true, filters }),
        docker.listVolumes({ filters }),
        docker.listNetworks({ filters }),
      ]);
      return {
        containers: containers.map(({ Names }) => Names.join(' ')).sort(),
        volumes: volumes.Volumes.map(({ Name }) => Name).sort(),
        networks: networks.map(({ Name }) => Name).sort(),
      };
    },
  };
}

export type ComposeProject = ReturnType<typeof composeProject>;
