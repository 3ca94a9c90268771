import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';

it('a port for a test is given once, though many ask at the same time', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, freePort));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) expect(port).toBeLessThan(32_768);
});

it('a port that was given is no other process’s to claim, while nothing listens there', async () => {
  const port = await freePort();
  const script = `
    require('node:net').createServer().on('error', (error) => process.send(error.code))
      .listen({ path: '\\0siskin-test-port-${port}' }, () => process.send('claimed'))`;
  const other = fork('-e', [script], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  expect((await once(other, 'message'))[0]).toBe('EADDRINUSE');
  other.kill();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  server.close();
});
