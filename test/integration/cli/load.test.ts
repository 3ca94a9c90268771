import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startHttpLoad } from '../../../src/cli/demo/load.ts';
import {
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from '../../support/app-repository.ts';
import { openWebSocket } from '../../support/app-websocket.ts';
import { freePort } from '../../support/free-port.ts';
import { load, startLoad } from '../../support/load.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const host = 'shop.example.com';

/** The fixture app as a plain process. */
async function startApp(behaviour: Behaviour) {
  const folder = await mkdtemp(join(tmpdir(), 'siskin-fixture-'));
  await cp(join(import.meta.dirname, '..', '..', '..', 'deploy-templates', 'apps', 'demo'), folder, {
    recursive: true,
  });
  await writeFile(join(folder, 'behaviour.json'), JSON.stringify(behaviour));
  const port = await freePort();
  const child = spawn(process.execPath, [join(folder, 'server.mjs')], { env: { PORT: String(port) } });
  const exited = once(child, 'exit');
  cleanups.push(async () => {
    child.kill('SIGKILL');
    await exited;
    await rm(folder, { recursive: true, force: true });
  });
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += String(chunk);
  });
  const listening = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      if (String(chunk).includes('listening')) resolve();
    });
  });
  await Promise.race([listening, exited]);
  return { origin: `http://127.0.0.1:${port}`, child, exited, printed: () => printed };
}

describe.each([
  ['undici', startLoad],
  ['node:http', startHttpLoad],
])('a load with %s', (_name, start) => {
  it('counts good answers by release', async () => {
    const { origin } = await startApp({ release: 'r7', slowMs: 50 });
    const result = await start({ origin, host, ratePerSecond: 200, durationMs: 500 }).done;
    expect(result).toMatchObject({ failed: 0, failedByRelease: {}, errors: [], skipped: 0 });
    expect(result.requests).toBeGreaterThan(50);
    expect(result.byRelease).toEqual({ r7: { requests: result.requests, failed: 0 } });
  });

  it('counts 500s on the release that gave them', async () => {
    const { origin } = await startApp({ release: 'r8', slowMs: 50, failShare: 0.5 });
    const result = await start({ origin, host, ratePerSecond: 200, durationMs: 500 }).done;
    expect(result.failedByRelease).toEqual({ r8: Math.floor(result.requests / 2) });
    expect(result.errors[0]).toMatchObject({ status: 500, release: 'r8' });
  });

  it('counts requests that nobody answered', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;
    const run = start({ origin, host, ratePerSecond: 100, durationMs: 100 });
    const result = await run.done;
    expect(result.failedByRelease).toEqual({ none: result.requests });
    expect(result.requests).toBeGreaterThan(0);
  });

  it('runs until it is stopped and loses none that is under way', async () => {
    const { origin } = await startApp({ release: 'r9', slowMs: 300 });
    const run = start({ origin, host, ratePerSecond: 100 });
    await expect.poll(() => run.snapshot().requests).toBeGreaterThan(20);
    const result = await run.stop();
    expect(result.failed).toBe(0);
    expect(result.latency?.max).toBeGreaterThanOrEqual(290);
  });

  it('refuses to be pointed at another machine', () => {
    expect(() => start({ origin: 'http://example.com', host, ratePerSecond: 1 })).toThrow(
      'this machine only',
    );
  });
});

describe('the fixture app', () => {
  it('turns bad under traffic while its health check stays green', async () => {
    const { origin } = await startApp({ release: 'r3', failAfterRequests: 10 });
    const result = await load({ origin, host, ratePerSecond: 100, durationMs: 300, requests: ['/'] });
    expect(result.failed).toBe(result.requests - 10);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
  });

  it('crashes at boot with a reason', async () => {
    const { exited, printed } = await startApp({ release: 'r4', crashAtBoot: true });
    expect((await exited)[0]).toBe(1);
    expect(printed()).toContain('crashes at boot');
  });

  it('exits at once on SIGTERM, or goes on, as it is told', async () => {
    const quick = await startApp({ release: 'r1', onSigterm: 'exit' });
    quick.child.kill('SIGTERM');
    expect(await quick.exited).toEqual([0, null]);
    const deaf = await startApp({ release: 'r1', onSigterm: 'ignore' });
    deaf.child.kill('SIGTERM');
    await once(deaf.child.stdout, 'data');
    expect((await fetch(deaf.origin)).status).toBe(200);
  });

  it('echoes over a WebSocket and says who cut it', async () => {
    const app = await startApp({ release: 'r5' });
    const first = await openWebSocket(app.origin, host);
    expect(first.release).toBe('r5');
    expect(await first.echo('x'.repeat(300))).toBe('x'.repeat(300));
    await first.close();
    expect(await first.ended).toMatchObject({ cutByOther: false });

    const second = await openWebSocket(app.origin, host);
    app.child.kill('SIGKILL');
    expect(await second.ended).toMatchObject({ cutByOther: true, code: 1006 });
    await expect(second.echo('late')).rejects.toThrow();
  });
});

describe('the app repository', () => {
  it('commits variants as releases on branches', async () => {
    const repository = await createAppRepository();
    cleanups.push(() => repository.remove());
    const first = await commitVariant(repository, { release: 'r1' });
    const compose = await composeText({ deploy: { replicas: 2 }, 'x-siskin': { drain: { timeout: '3s' } } });
    const second = await commitVariant(repository, { release: 'r2' }, { compose });
    const other = await commitVariant(repository, { release: 't1' }, { branch: 'test' });

    expect(await repository.git('rev-parse', 'release', 'test', 'release~1')).toBe(
      [second, other, first].join('\n'),
    );
    const written = await repository.git('show', `${second}:docker-compose.yml`);
    expect(written).toContain('replicas: 2');
    expect(written).toContain('path: /healthz');
  });
});
