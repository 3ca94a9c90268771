import { open } from 'node:fs/promises';
import { join } from 'node:path';

const rounds = 300;

/** How long this folder's disk takes to write 1 KB for good: 300 times, each in ms. The measure of a durable answer. */
export async function fsyncTimes(folder: string): Promise<number[]> {
  const file = await open(join(folder, 'fsync-probe'), 'a');
  const block = Buffer.alloc(1024, 'x');
  const times: number[] = [];
  try {
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      await file.write(block);
      await file.datasync();
      times.push(performance.now() - began);
    }
  } finally {
    await file.close();
  }
  return times;
}
