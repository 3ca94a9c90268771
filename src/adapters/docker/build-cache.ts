import type Docker from 'dockerode';
import { z } from 'zod';

const answerSchema = z.object({ SpaceReclaimed: z.number() });

/**
 * POST /build/prune. dockerode's own pruneBuilder sends none of its options, and so would remove everything.
 * @param keepBytes how much build cache may stay; the least recently used goes first
 * @returns the bytes that became free
 */
export async function pruneBuildCache(docker: Docker, keepBytes: number): Promise<number> {
  const query = new URLSearchParams({ all: 'true', 'keep-storage': String(Math.round(keepBytes)) });
  const answer = await new Promise<unknown>((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/build/prune?${query.toString()}`,
        method: 'POST',
        options: {},
        statusCodes: { 200: true, 500: 'server error' },
      },
      (error: unknown, result: unknown) => (error ? reject(error) : resolve(result)),
    );
  });
  return answerSchema.parse(answer).SpaceReclaimed;
}
