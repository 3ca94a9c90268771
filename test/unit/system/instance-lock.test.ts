import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockInstance } from '../../../src/adapters/system/instance-lock.ts';

let dataDir = '';

describe('lockInstance', () => {
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'siskin-lock-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('threat 28: the second Siskin on a data directory refuses, naming the first', async () => {
    const lock = await lockInstance(dataDir);
    await expect(lockInstance(dataDir)).rejects.toMatchObject({
      code: 'ANOTHER_INSTANCE',
      message: `another Siskin (process ${process.pid}) already runs on ${dataDir}`,
    });
    await lock.release();
    await (await lockInstance(dataDir)).release();
  });

  it('takes over from a process that is gone', async () => {
    await writeFile(join(dataDir, 'siskin.pid'), '4194303 12345\n');
    await (await lockInstance(dataDir)).release();
  });

  it('takes over when the pid belongs to another process now', async () => {
    await writeFile(join(dataDir, 'siskin.pid'), `${process.pid} 1\n`);
    await (await lockInstance(dataDir)).release();
  });

  it('takes over from a file that was cut short', async () => {
    await writeFile(join(dataDir, 'siskin.pid'), '');
    await (await lockInstance(dataDir)).release();
  });
});
