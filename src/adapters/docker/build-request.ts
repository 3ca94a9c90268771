import { finished, Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { BuildRequest } from '../../pipeline/ports.ts';
import { isLimited, limitParameters, type StepLimits } from './build-limits.ts';

/**
 * Sends a build to the engine: with BuildKit, or without it when its steps are to be limited.
 * @param context tar stream; read as fast as the engine takes it
 * @returns the engine's answer, and a function that must be called when it was read or given up
 */
export async function sendBuild(
  docker: Docker,
  request: BuildRequest,
  context: Readable,
  limits: StepLimits,
  signal: AbortSignal,
): Promise<{ answer: Readable; close: () => void }> {
  const { client, close } = withOwnSession(docker);
  try {
    const answer = await client.buildImage(context, {
      ...(isLimited(limits) ? limitParameters(limits) : { version: '2' as const }),
      t: request.image,
      dockerfile: request.build.dockerfile,
      labels: request.labels,
      buildargs: request.build.args,
      ...(request.build.target === undefined ? {} : { target: request.build.target }),
      rm: true,
      forcerm: true,
      abortSignal: signal,
    });
    return { answer: answer instanceof Readable ? answer : new Readable().wrap(answer), close };
  } catch (error) {
    close();
    throw error;
  }
}

interface Modem {
  dial(options: { path: string }, callback: (error: Error | null, answer: unknown) => void): void;
}

/**
 * dockerode opens a session beside each BuildKit build, for pulls from registries, and closes it when the answer has
 * ended well. An aborted build would leave its connection open for ever: this client remembers it.
 */
function withOwnSession(docker: Docker): { client: Docker; close: () => void } {
  const modem: Modem = docker.modem;
  const sessions: { destroy(): void }[] = [];
  let closed = false;
  const client = Object.create(docker) as Docker;
  client.modem = Object.create(docker.modem) as Docker['modem'];
  client.modem.dial = (
    options: { path: string },
    callback: (error: Error | null, answer: unknown) => void,
  ) => {
    modem.dial.call(client.modem, options, (error, answer) => {
      if (options.path === '/session' && isDestroyable(answer)) {
        sessions.push(answer);
        // a session that the engine cuts off is not an error of its own: the build's answer tells what happened
        if (answer instanceof Readable) finished(answer, () => undefined);
        if (closed) answer.destroy();
      }
      callback(error, answer);
    });
  };
  const close = (): void => {
    closed = true;
    for (const session of sessions) session.destroy();
  };
  return { client, close };
}

const isDestroyable = (value: unknown): value is { destroy(): void } =>
  typeof value === 'object' && value !== null && 'destroy' in value && typeof value.destroy === 'function';
