import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runCli } from '../../../src/cli/program.ts';
import { memoryIo } from '../../support/app-cli.ts';

it('siskin --version is that of package.json', async () => {
  const { version } = JSON.parse(await readFile('package.json', 'utf8'));
  const io = memoryIo();
  expect(await runCli(['--version'], io, [])).toBe(0);
  expect(io.out()).toBe(`siskin ${version}\n`);
});
