import { z } from 'zod';
import { connectDocker } from '../src/adapters/docker/connect.ts';
import { remembered } from '../src/observability/remembered.ts';

const infoSchema = z.object({ DockerRootDir: z.string() });

/** Where the engine keeps its images and containers; asked once an hour. */
export function engineFolder(host: string): () => Promise<string> {
  const docker = connectDocker(host);
  return remembered(async () => infoSchema.parse(await docker.info()).DockerRootDir, 3_600_000);
}
