import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { BuildRequest } from '../../pipeline/ports.ts';
import { isLimited, limitParameters, type StepLimits } from './build-limits.ts';
import { openSession } from './build-session.ts';

interface Modem {
  dial(options: object, callback: (error: Error | null, answer: unknown) => void): void;
}

/**
 * Sends a build to the engine: with BuildKit and a session of its own, or without either when its steps are to be limited.
 * @param context tar stream; read as fast as the engine takes it
 * @returns the engine's answer, and a function that must be called when it was read or given up
 * @throws SiskinError BUILD_FAILED for a limited build that is to be given secrets, which only a session can carry
 */
export async function sendBuild(
  docker: Docker,
  request: BuildRequest,
  context: Readable,
  limits: StepLimits,
  signal: AbortSignal,
): Promise<{ answer: Readable; close: () => void }> {
  if (isLimited(limits))
    return { answer: await sendLimited(docker, request, context, limits, signal), close };
  const session = await openSession(docker, request.secrets);
  try {
    const builder = { version: '2', session: session.id };
    return { answer: await post(docker.modem, request, builder, context, signal), close: session.close };
  } catch (error) {
    session.close();
    throw error;
  }
}

/** A limited build holds nothing open beside its answer. */
const close = (): void => undefined;

function sendLimited(
  { modem }: Docker,
  request: BuildRequest,
  context: Readable,
  limits: StepLimits,
  signal: AbortSignal,
): Promise<Readable> {
  const [secret] = Object.keys(request.secrets);
  if (secret === undefined) return post(modem, request, limitParameters(limits), context, signal);
  throw new SiskinError(
    'BUILD_FAILED',
    `the build is to be given the secret ${secret}, which needs BuildKit`,
    {
      hint: 'Take build.memory and build.cpus out of siskin.yaml, or `build: true` off the secret.',
    },
  );
}

function post(
  modem: Modem,
  request: BuildRequest,
  builder: object,
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
      ...builder,
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
