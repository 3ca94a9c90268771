import type { Readable } from 'node:stream';
import { z } from 'zod';
import type { BuildProgress } from './build-progress.ts';
import { decodeTrace } from './build-trace.ts';
import type { ClassicTrace } from './classic-trace.ts';

const maxEventBytes = 32 * 1024 * 1024;

/** One line of the answer to POST /build (https://docs.docker.com/reference/api/engine/, "Build an image"). */
const eventSchema = z.object({
  error: z.string().optional(),
  id: z.string().optional(),
  /** A trace in base64, or the id of the image. */
  aux: z.union([z.string(), z.object({ ID: z.string() }), z.unknown().transform(() => undefined)]).optional(),
  stream: z.string().optional(),
});

export interface BuildOutcome {
  /** The engine tells a failed build by status 200 and an error in the last event. */
  error: string | undefined;
  imageId: string | undefined;
}

/**
 * Reads a build's answer to its end and passes its progress on.
 * @param classic of a build without BuildKit, which tells its steps as text
 * @throws Error when it is cut off or is not what an engine writes
 */
export async function followBuild(
  answer: Readable,
  progress: BuildProgress,
  classic?: ClassicTrace,
): Promise<BuildOutcome> {
  const outcome: BuildOutcome = { error: undefined, imageId: undefined };
  for await (const line of jsonLines(answer)) {
    const { error, id, aux, stream } = eventSchema.parse(JSON.parse(line));
    if (error !== undefined) outcome.error = error;
    if (id === 'moby.buildkit.trace' && typeof aux === 'string') progress.add(decodeTrace(aux));
    if (typeof aux === 'object') outcome.imageId = aux.ID;
    if (stream === undefined) continue;
    if (classic) progress.add(classic.add(stream));
    else progress.message(stream);
  }
  if (classic) progress.add(classic.end(outcome.error ?? ''));
  return outcome;
}

async function* jsonLines(answer: Readable): AsyncGenerator<string> {
  let rest: Buffer[] = [];
  let held = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const line = Buffer.concat([...rest, chunk.subarray(from, end)])
        .toString('utf8')
        .trim();
      if (line !== '') yield line;
      rest = [];
      held = 0;
      from = end + 1;
    }
    rest.push(chunk.subarray(from));
    held += chunk.length - from;
    if (held > maxEventBytes) throw new Error('the engine wrote an event of more than 32 MB');
  }
  const line = Buffer.concat(rest).toString('utf8').trim();
  if (line !== '') yield line;
}
