import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { siskinCommand } from '../../support/siskin-command.ts';

it('whose output nobody reads to its end, as before `head`, ends as SIGPIPE would have ended it, and says nothing', async () => {
  const child = spawn(process.execPath, [...siskinCommand, 'config', 'schema'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const [code] = await once(child, 'close');
  expect({ code, said: Buffer.concat(said).toString() }).toEqual({ code: 141, said: '' });
});
