import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import type { BuildRequest } from '../../pipeline/ports.ts';
import { openSession } from './build-session.ts';

interface Modem {
  dial(options: object, callback: (error: Error | null, answer: unknown) => void): void;
}

/**
 * Sends a build to the engine, with BuildKit and a session of its own.
 * @param context tar stream; read as fast as the engine takes it
 * @returns the engine's answer, and a function that must be called when it was read or given up
 */
export async function sendBuild(
  docker: Docker,
  request: BuildRequest,
  context: Readable,
  signal: AbortSignal,
): Promise<{ answer: Readable; close: () => void }> {
  const session = await openSession(docker, request.secrets);
  try {
    return { answer: await post(docker.modem, request, session.id, context, signal), close: session.close };
  } catch (error) {
    session.close();
    throw error;
  }
}

function post(
  modem: Modem,
  request: BuildRequest,
  session: string,
  context: Readable,
  abortSignal: AbortSignal,
): Promise<Readable> {
  const { build } = request;
  const options = {
    path: '/build?',
    method: 'POST',
    file: context,
    abortSignal,
    isStream: true,
    statusCodes: { 200: true, 500: 'server error' },
    options: {
      version: '2',
      session,
      t: request.image,
      dockerfile: build.dockerfile,
      labels: request.labels,
      buildargs: build.args,
      ...(build.target === undefined ? {} : { target: build.target }),
      rm: true,
      forcerm: true,
    },
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => {
      if (error) reject(error);
      else
        resolve(answer instanceof Readable ? answer : new Readable().wrap(answer as NodeJS.ReadableStream));
    });
  });
}
