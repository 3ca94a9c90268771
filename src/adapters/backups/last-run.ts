import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf } from '../../domain/errors/siskin-error.ts';

const schema = z.object({
  /** When the schedule was first seen; runs of before were never promised. */
  since: z.iso.datetime(),
  beganAt: z.iso.datetime().nullable(),
  succeededAt: z.iso.datetime().nullable(),
  /** Of the last run that ended. */
  result: z.enum(['success', 'failure']).nullable(),
  reason: z.string().nullable(),
});

/** How the last run of something that is done regularly went. */
export type LastRun = z.infer<typeof schema>;

/** @returns null when there was none, or the file holds no such thing: then it is to be written anew @throws Error of the file system */
export async function readLastRun(file: string): Promise<LastRun | null> {
  try {
    return schema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

export async function writeLastRun(file: string, run: LastRun): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(run), { mode: 0o600 });
  await rename(draft, file);
}

/**
 * Runs something and notes when it began and how it ended; a run that was killed has begun and has not ended.
 * @param signal when it is aborted, the run is as good as one that never began
 * @throws what `run` throws
 */
export async function recorded<T>(
  file: string,
  now: () => Date,
  run: () => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const began = now().toISOString();
  const before = (await readLastRun(file)) ?? {
    since: began,
    beganAt: null,
    succeededAt: null,
    result: null,
    reason: null,
  };
  const begun: LastRun = { ...before, beganAt: began };
  await writeLastRun(file, begun);
  try {
    const value = await run();
    await writeLastRun(file, { ...begun, succeededAt: now().toISOString(), result: 'success', reason: null });
    return value;
  } catch (error) {
    const reason = messageOf(error).slice(0, 1000);
    await writeLastRun(file, signal?.aborted ? before : { ...begun, result: 'failure', reason });
    throw error;
  }
}
