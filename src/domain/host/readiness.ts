/** What is seen of a container that was just started. */
export interface SeenContainer {
  name: string;
  service: string;
  health: 'starting' | 'healthy' | 'unhealthy' | 'none';
  state: string;
  restarts: number;
  /** It is to run for ever: one that is not may end. */
  lasting: boolean;
  exitCode: number;
  healthOutput: string;
}

export type Readiness =
  | { kind: 'ready' }
  | { kind: 'waiting'; for: string[] }
  /** It will not become ready by itself. */
  | { kind: 'failed'; container: string; why: string };

/** A container that died so often since it was started does so at every start. */
const mostRestarts = 3;

/**
 * Whether what comes next may be started.
 * @param services of the part that are to run
 */
export function readiness(services: readonly string[], containers: readonly SeenContainer[]): Readiness {
  const own = containers.filter(({ service }) => services.includes(service));
  const failed = own.find((container) => failure(container) !== undefined);
  if (failed !== undefined) return { kind: 'failed', container: failed.name, why: failure(failed) ?? '' };
  const waiting = services.filter((service) => !own.some((one) => one.service === service && isReady(one)));
  return waiting.length === 0 ? { kind: 'ready' } : { kind: 'waiting', for: waiting };
}

/** A task that ended well is done. */
const isReady = ({ state, health, exitCode, lasting }: SeenContainer): boolean =>
  (state === 'running' && (health === 'healthy' || health === 'none')) ||
  (state === 'exited' && exitCode === 0 && !lasting);

function failure({ state, health, exitCode, restarts, healthOutput }: SeenContainer): string | undefined {
  // The engine calls one unhealthy that died, too, although it is about to be started again.
  if (state === 'running' && health === 'unhealthy')
    return `is unhealthy${healthOutput === '' ? '' : `: ${healthOutput}`}`;
  if (state === 'exited' && exitCode !== 0) return `ended with exit code ${exitCode}`;
  if (state === 'dead') return 'is dead';
  return restarts >= mostRestarts ? `was restarted ${restarts} times, last exit code ${exitCode}` : undefined;
}
