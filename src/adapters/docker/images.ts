import { finished, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type Docker from 'dockerode';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import type { BuildRequest, Images, KeptImage } from '../../pipeline/ports.ts';
import { Turns } from '../../pipeline/turns.ts';
import { pruneBuildCache } from './build-cache.ts';
import { DiskFloor } from './build-disk.ts';
import { type BuildOutcome, followBuild } from './build-events.ts';
import { isLimited, limitHint, type StepLimits } from './build-limits.ts';
import { BuildProgress, cleanLine } from './build-progress.ts';
import { sendBuild } from './build-request.ts';
import { ClassicTrace } from './classic-trace.ts';
import { doneWhen, engineStatus, engineWords, reachingEngine } from './engine-errors.ts';
import { keptImages } from './kept-images.ts';
import { environmentLabels, labelFilter } from './labels.ts';

/** For short questions; an engine that hangs must not hang its caller. */
const answerTimeoutMs = 30_000;

export interface DockerImagesOptions {
  /** Builds that run at once; more would starve the replicas of the host. Default 1. */
  concurrency?: number;
  /** Lines of the steps' output that are passed on per build. Default 10,000. */
  maxLogLines?: number;
  /** A build is stopped when less than this is free on the engine's disk, in bytes. Default 1 GiB. */
  minFreeBytes?: number;
  /** What each step may take; given any, builds go without BuildKit. */
  limits?: StepLimits;
  /** Given: after each build the engine's build cache is pruned. */
  cache?: CachePruning;
  /** Takes secrets out of what builds print. */
  mask?: (text: string) => string;
}

export interface CachePruning {
  /** How much may stay, in bytes; the least recently used goes first. */
  keepBytes: number;
  /** @param freedBytes how much became free */
  onPruned: (freedBytes: number) => void;
  /** It is tried again after the next build. */
  onFailed: (error: unknown) => void;
}

/**
 * Images of a Docker engine, built with BuildKit, or without it where steps are limited (docs/adr/0014). Failed and aborted
 * builds leave build cache, never an image with a name or label.
 */
export class DockerImages implements Images {
  readonly #docker: Docker;
  readonly #turns: Turns;
  readonly #maxLogLines: number;
  readonly #disk: DiskFloor;
  readonly #limits: StepLimits;
  readonly #cache: CachePruning | undefined;
  readonly #mask: (text: string) => string;

  constructor(docker: Docker, options: DockerImagesOptions = {}) {
    this.#docker = docker;
    this.#turns = new Turns(options.concurrency ?? 1);
    this.#maxLogLines = options.maxLogLines ?? 10_000;
    this.#mask = options.mask ?? ((text) => text);
    this.#disk = new DiskFloor(docker, options.minFreeBytes ?? 1024 ** 3);
    this.#limits = options.limits ?? {};
    this.#cache = options.cache;
  }

  /** See Images.build. The time-out counts from when it is this build's turn. Aborting kills the step that runs. */
  async build(
    request: BuildRequest,
    context: Readable,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const broken = whenBroken(context);
    try {
      return await this.#turns.run(signal, () => this.#buildNow(request, context, broken, onLine, signal));
    } catch (error) {
      if (signal.aborted) throw abortError(signal);
      throw error;
    } finally {
      context.destroy();
      this.#pruneCache();
    }
  }

  async find(image: string): Promise<string | null> {
    try {
      const { Id } = await reachingEngine(() => inTime(this.#docker.getImage(image).inspect()));
      return Id;
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  }

  async kept(key: EnvironmentKey): Promise<KeptImage[]> {
    const filters = labelFilter(environmentLabels(key));
    return keptImages(await reachingEngine(() => inTime(this.#docker.listImages({ filters }))));
  }

  async remove(image: string): Promise<void> {
    await doneWhen([404, 409], () => inTime(this.#docker.getImage(image).remove()));
  }

  /** Takes a turn of its own, which no deployment waits for but one that builds. */
  #pruneCache(): void {
    const cache = this.#cache;
    if (!cache) return;
    const prune = () => reachingEngine(() => pruneBuildCache(this.#docker, cache.keepBytes));
    this.#turns.run(new AbortController().signal, prune).then(cache.onPruned, cache.onFailed);
  }

  async #buildNow(
    request: BuildRequest,
    context: Readable,
    broken: AbortSignal,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<string> {
    const [before, disk] = await Promise.all([
      this.find(request.image),
      reachingEngine(() => this.#disk.watch()),
    ]);
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const any = anySignal([signal, timeout, disk.signal, broken]);
    const progress = new BuildProgress(onLine, this.#maxLogLines, this.#mask);
    try {
      const outcome = await this.#run(request, context, progress, any.signal);
      if (outcome.error !== undefined) throw buildFailed(this.#mask(outcome.error), progress, this.#limits);
      const id = outcome.imageId ?? (await this.find(request.image));
      if (id === null) throw new SiskinError('BUILD_FAILED', 'the engine ended the build without an image');
      if (before !== null && before !== id) {
        await request.assertHeld();
        await this.remove(before);
      }
      return id;
    } catch (error) {
      if (before === null) await this.#removeQuietly(request);
      if (disk.signal.aborted) throw disk.signal.reason;
      if (timeout.aborted) throw timedOut(request, progress);
      throw explained(error, broken, this.#limits);
    } finally {
      any.unlink();
      disk.stop();
    }
  }

  async #run(
    request: BuildRequest,
    context: Readable,
    progress: BuildProgress,
    signal: AbortSignal,
  ): Promise<BuildOutcome> {
    return await reachingEngine(async () => {
      const { answer, close } = await sendBuild(this.#docker, request, context, this.#limits, signal);
      try {
        return await followBuild(answer, progress, isLimited(this.#limits) ? new ClassicTrace() : undefined);
      } finally {
        answer.destroy();
        close();
      }
    });
  }

  /** The build may have been tagged in the moment it was given up. */
  async #removeQuietly({ image, assertHeld }: BuildRequest): Promise<void> {
    // the build's own error is the one to tell; an image that stays is found again by its label
    await assertHeld()
      .then(() => this.remove(image))
      .catch(() => undefined);
  }
}

/** Aborted with the context's error: the engine would wait for the rest of it, or report a cut connection only. */
function whenBroken(context: Readable): AbortSignal {
  const broken = new AbortController();
  finished(context, { writable: false }, (error) => {
    if (error) broken.abort(error);
  });
  return broken.signal;
}

/** The cause of a build that the engine did not end itself. */
function explained(error: unknown, broken: AbortSignal, limits: StepLimits): SiskinError {
  if (broken.aborted) {
    const cause: unknown = broken.reason;
    if (cause instanceof SiskinError) return cause;
    return new SiskinError('BUILD_FAILED', `the build context could not be read: ${messageOf(cause)}`, {
      cause,
    });
  }
  if (error instanceof SiskinError) return error;
  const words = cleanLine(engineWords(error));
  return new SiskinError('BUILD_FAILED', `the build failed: ${words}${limitHint(words, limits)}`, {
    cause: error,
  });
}

/** `the build failed at "[2/3] RUN npm ci": exit code: 1`, then the last lines that the step printed. */
function buildFailed(error: string, progress: BuildProgress, limits: StepLimits): SiskinError {
  const { step, tail } = progress.failure();
  const words = cleanLine(error.trim().split('\n').at(-1) ?? '').replace(
    /^failed to (?:solve|create LLB definition|compute cache key)[^:]*: /,
    '',
  );
  const place = step === undefined ? '' : ` at "${step}"`;
  const sentence = `the build failed${place}: ${words}${limitHint(words, limits)}`;
  return new SiskinError('BUILD_FAILED', [sentence, ...tail].join('\n'));
}

function timedOut(request: BuildRequest, progress: BuildProgress): SiskinError {
  const sentence = `the build took longer than ${request.timeoutMs / 1000} s and was stopped`;
  return new SiskinError('BUILD_TIMED_OUT', [sentence, ...progress.failure().tail].join('\n'));
}

const abortError = (signal: AbortSignal): DOMException =>
  Object.assign(new DOMException('the build was aborted', 'AbortError'), { cause: signal.reason as unknown });

async function inTime<T>(answer: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const tooLate = setTimeout(answerTimeoutMs, undefined, { signal: timer.signal, ref: false }).then(() => {
    throw new SiskinError(
      'DOCKER_UNAVAILABLE',
      `the Docker engine did not answer within ${answerTimeoutMs / 1000} s`,
    );
  });
  try {
    return await Promise.race([answer, tooLate]);
  } finally {
    timer.abort();
    // stopping the timer ends it with an AbortError that nobody needs
    tooLate.catch(() => undefined);
  }
}
