import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppRepository } from '../support/app-repository.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';

/** `siskin up` that writes its calls of ports to `callsFile`; see time-ports.ts. */
export async function startTimedSiskin(
  repository: AppRepository,
): Promise<{ siskin: TestSiskin; callsFile: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sk-b-'));
  const callsFile = join(folder, 'calls.jsonl');
  const preload = new URL('./time-ports.ts', import.meta.url).href;
  const before = process.env.NODE_OPTIONS;
  // startSiskin hands this process's environment on; only the child is to read it.
  process.env.NODE_OPTIONS = `${before ?? ''} --import=${import.meta.resolve('tsx')} --import=${preload}`;
  process.env.SISKIN_BENCH_CALLS = callsFile;
  try {
    const siskin = await startSiskin(repository);
    const remove = async (): Promise<void> => {
      await siskin.remove();
      await rm(folder, { recursive: true, force: true });
    };
    return { siskin, callsFile, remove };
  } finally {
    if (before === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = before;
    delete process.env.SISKIN_BENCH_CALLS;
  }
}
