import { finished } from 'node:stream/promises';
import type Docker from 'dockerode';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { doneWhen, engineStatus, reachingEngine } from './engine-errors.ts';
import { logText } from './log-lines.ts';

/** Where a helper sees the volume. */
export const helperAt = '/volume';

export interface HelperRequest {
  image: string;
  volume: string;
  words: string[];
}

/** Makes a container with a volume, for the engine's archive calls, which need none to run; removes it afterwards. */
export async function withHelper<T>(
  docker: Docker,
  { image, volume, words }: HelperRequest,
  use: (container: Docker.Container) => Promise<T>,
): Promise<T> {
  const container = await reachingEngine(() =>
    docker.createContainer({
      Image: image,
      Entrypoint: words.slice(0, 1),
      Cmd: words.slice(1),
      User: '0',
      Labels: { 'siskin.helper': volume },
      HostConfig: {
        NetworkMode: 'none',
        // the file system's own content is not copied into an empty volume
        Mounts: [
          { Type: 'volume', Source: volume, Target: helperAt, ReadOnly: false, VolumeOptions: noCopy },
        ],
      },
    }),
  );
  try {
    return await use(container);
  } finally {
    await doneWhen([404, 409], () => container.remove({ force: true }));
  }
}

const noCopy = { NoCopy: true, Labels: {}, DriverConfig: { Name: '', Options: {} } };

/** Runs a helper to its end. @returns what it printed @throws SiskinError RESTORE_FAILED with what it printed */
export async function runHelper(docker: Docker, request: HelperRequest): Promise<string> {
  return await withHelper(docker, request, async (container) => {
    await reachingEngine(() => container.start());
    const { StatusCode } = (await reachingEngine(() => container.wait())) as { StatusCode: number };
    const printed = logText(await reachingEngine(() => container.logs({ stdout: true, stderr: true })));
    if (StatusCode === 0) return printed;
    throw new SiskinError(
      'RESTORE_FAILED',
      `${request.words[0]} in the volume ${request.volume} ended with exit code ${StatusCode}: ${printed.slice(-600)}`,
    );
  });
}

/** Pulls the image of the helpers when the engine does not have it. @throws SiskinError BACKUP_FAILED */
export async function ensureHelperImage(docker: Docker, image: string): Promise<void> {
  try {
    await reachingEngine(() => docker.getImage(image).inspect());
    return;
  } catch (error) {
    if (engineStatus(error) !== 404) throw error;
  }
  try {
    const progress = (await docker.pull(image)) as NodeJS.ReadableStream;
    progress.resume();
    await finished(progress);
    await docker.getImage(image).inspect();
  } catch (error) {
    throw new SiskinError(
      'BACKUP_FAILED',
      `the helper image ${image} is not there and cannot be pulled: ${messageOf(error)}`,
      {
        hint: 'Load it, make it (`node deploy-templates/base-images/make-image.mjs busybox busybox:1.36`), or name another as backup.helperImage.',
        cause: error,
      },
    );
  }
}
