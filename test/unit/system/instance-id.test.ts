import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { instanceId } from '../../../src/adapters/system/instance-id.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'siskin-id-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('is made once and stays', async () => {
  const made = await instanceId(folder);
  expect(made).toMatch(/^[0-9a-f-]{36}$/);
  expect(await instanceId(folder)).toBe(made);
});

it('is made anew where a crash left half of it', async () => {
  await writeFile(join(folder, 'instance-id'), '0f3a');
  const made = await instanceId(folder);
  expect(made).toHaveLength(36);
  expect(await instanceId(folder)).toBe(made);
});
