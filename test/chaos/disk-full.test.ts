import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { type AppRepository, commitVariant, createAppRepository } from '../support/app-repository.ts';
import { type SmallEngine, startSmallEngine } from '../support/chaos-engine.ts';
import { Relay } from '../support/chaos-relay.ts';
import { beginChaos } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { tinyApp } from '../support/chaos-tiny-app.ts';
import { servingRelease } from '../support/load.ts';
import type { DeploymentView } from '../support/siskin.ts';

const environment = 'production';
const megabyte = 2 ** 20;

let repository: AppRepository;
let engine: SmallEngine;
let relay: Relay;
let siskin: ChaosSiskin;

/** An engine with a disk of its own needs a mount. */
describe.skipIf(process.getuid?.() !== 0)('an engine whose disk is full', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    engine = await startSmallEngine(2_000, ['node:20-bookworm-slim']);
    relay = await Relay.start(
      join(engine.folder, 'relay.sock'),
      join(engine.folder, 'docker.sock'),
      /^POST /,
    );
    siskin = await ChaosSiskin.start({
      repository: repository.path,
      environments: [environment],
      config: { docker: { host: `unix://${relay.path}` }, build: { keepCache: '6m' } },
    });
  });
  afterAll(async () => {
    await siskin?.remove();
    await relay?.stop();
    await engine?.remove();
    await repository?.remove();
  });

  it('threat 14: full while it builds: the deployment fails and says why, the old release serves on, and the next is built', async () => {
    const chaos = beginChaos('disk-full');
    expect(await deploy('first'), await siskin.lastLines()).toMatchObject({ state: 'succeeded' });
    relay.onChange((text) => {
      if (text.startsWith('POST /build?')) engine.leaveOnDisk(megabyte);
    });
    const failed = await deploy('too-much', 8 * megabyte);
    const servedMeanwhile = await serving();
    relay.onChange(undefined);
    engine.restoreDisk();
    const next = await deploy('after', 8 * megabyte);
    chaos.print({ reason: failed.reason, next: next.state });
    expect(failed.state).toBe('failed');
    // By the engine, or by Siskin's own look, whichever comes first.
    expect(failed.reason).toMatch(/no space left|so little disk/i);
    expect(servedMeanwhile).toBe('first');
    expect(next, await siskin.lastLines()).toMatchObject({ state: 'succeeded' });
    expect(await serving()).toBe('after');
  });

  it('threat 14: too little left before it builds: nothing is built, and the figures are named', async () => {
    const chaos = beginChaos('disk-floor');
    const before = await serving();
    engine.leaveOnDisk(100 * megabyte);
    const refused = await deploy('refused');
    engine.restoreDisk();
    chaos.print({ reason: refused.reason });
    expect(refused.state).toBe('failed');
    expect(refused.reason).toMatch(/disk.*\d+ MB are free/);
    expect(await serving()).toBe(before);
  });

  it('keeps no more build cache than build.keepCache, besides what the last build used', async () => {
    expect(await deploy('cached', 8 * megabyte), await siskin.lastLines()).toMatchObject({
      state: 'succeeded',
    });
    await vi.waitUntil(async () => (await buildCache()) <= 16 * megabyte, { timeout: 30_000, interval: 200 });
  });
});

/** Bytes of the engine's build cache. */
async function buildCache(): Promise<number> {
  const { BuildCache } = dfSchema.parse(await new Docker({ socketPath: relay.path }).df());
  return BuildCache.reduce((sum, { Size }) => sum + Size, 0);
}

const dfSchema = z.object({ BuildCache: z.array(z.object({ Size: z.number() })) });

const serving = () => servingRelease(siskin.router, hostOf(environment));

/** @param ballast bytes that the image is to hold besides */
async function deploy(release: string, ballast = 0): Promise<DeploymentView> {
  const dockerfile = [
    'FROM node:20-bookworm-slim',
    'WORKDIR /app',
    'COPY . ./',
    'USER 1000',
    'CMD ["node", "server.mjs"]',
    '',
  ].join('\n');
  const files = { ballast: `${release}${'x'.repeat(ballast)}` };
  const change = { branch: environment, compose: await tinyApp(), dockerfile, files };
  const sha = await commitVariant(repository, { release }, change);
  const { deployments } = await siskin.push(sha, { branch: environment });
  return siskin.ended(deployments[environment] ?? '');
}
