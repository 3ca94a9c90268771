import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppRepository,
  type Behaviour,
  brokenDockerfile,
  commitVariant,
  composeText,
  createAppRepository,
  type VariantChange,
} from '../support/app-repository.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { type LoadResult, servingRelease, startLoad } from '../support/load.ts';
import { type DeploymentView, startSiskin, type TestSiskin } from '../support/siskin.ts';

let repository: AppRepository;
let siskin: TestSiskin;
let before: Awaited<ReturnType<typeof heldOf>>;

/** Deploys a release under load. */
async function deploy(
  behaviour: Behaviour,
  change: VariantChange = {},
): Promise<{ view: DeploymentView; result: LoadResult }> {
  const run = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 100, connections: 64 });
  const sha = await commitVariant(repository, behaviour, change);
  const { deployment } = await siskin.push(sha);
  const view = await siskin.ended(deployment);
  return { view, result: await run.stop() };
}

/** The old release serves as before and nothing else is left. */
async function expectUntouched(): Promise<void> {
  expect(await heldOf(siskin.app)).toEqual(before);
  expect(await servingRelease(siskin.router, siskin.host)).toBe('good');
}

describe('a bad release', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await startSiskin(repository);
    const sha = await commitVariant(repository, { release: 'good' });
    const first = await siskin.ended((await siskin.push(sha)).deployment);
    expect(first, await siskin.output()).toMatchObject({ state: 'succeeded' });
    before = await heldOf(siskin.app);
    expect(before.containers).toHaveLength(3);
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it('that crashes at boot fails before it gets a request, with its last words in the log', async () => {
    const { view, result } = await deploy({ release: 'crashes', crashAtBoot: true });
    expect(view).toMatchObject({ state: 'failed', reason: expect.stringMatching(/crashed|exited/) });
    expect(result.failed).toBe(0);
    await expectUntouched();
  });

  it('that never becomes healthy fails with what its health check said', async () => {
    const compose = await composeText({
      'x-siskin': { health: { path: '/healthz', interval: '100ms', startPeriod: '2s', healthyAfter: 2 } },
    });
    const { view, result } = await deploy({ release: 'sick', healthy: false }, { compose });
    expect(view.state).toBe('failed');
    expect(view.reason).toMatch(/did not become healthy within 2 s \(last: GET \/healthz answered 503\)/);
    expect(result.failed).toBe(0);
    await expectUntouched();
  });

  it('that fails its smoke request fails with it', async () => {
    const { view, result } = await deploy({ release: 'smokes', smokeStatus: 500 });
    expect(view).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('GET /smoke should answer 200, got 500'),
    });
    expect(result.failed).toBe(0);
    await expectUntouched();
  });

  it('that answers 5xx under traffic is rolled back; only its own requests failed', async () => {
    const compose = await composeText({
      'x-siskin': { canary: { share: '34%', minBake: '1s', maxBake: '20s', watch: '2s' } },
    });
    const { view, result } = await deploy({ release: 'turns-bad', failShare: 1 }, { compose });
    expect(view).toMatchObject({ state: 'rolled_back', verdict: { decision: 'rollback' } });
    expect(view.reason).toMatch(/canary requests failed \(5xx\), 0 of \d+ on the old release/);
    expect(view.verdict?.ticks.length).toBeGreaterThan(0);
    expect(result.failed).toBe(result.failedByRelease['turns-bad'] ?? 0);
    await expectUntouched();
  });

  it('that dies in the middle of the roll is rolled back; the old release fails nothing', async () => {
    const { view, result } = await deploy({ release: 'dies', dieAfterMs: 6_000 });
    expect(view).toMatchObject({ state: 'rolled_back', reason: expect.stringMatching(/while it served/) });
    const byOthers = result.failed - (result.failedByRelease.dies ?? 0) - (result.failedByRelease.none ?? 0);
    expect(byOthers).toBe(0);
    await expectUntouched();
  });

  it('that does not build fails with the last lines of the build, and leaves no image', async () => {
    const { view, result } = await deploy({ release: 'broken' }, { dockerfile: brokenDockerfile });
    expect(view).toMatchObject({ state: 'failed', reason: expect.stringContaining('planted by the test') });
    expect(result.failed).toBe(0);
    await expectUntouched();
  });

  it('is left behind by the next good one', async () => {
    const dockerfile = 'FROM node:20-bookworm-slim\nWORKDIR /app\nCOPY . ./\nCMD ["node", "server.mjs"]\n';
    const { view, result } = await deploy({ release: 'mended' }, { dockerfile });
    expect(view).toMatchObject({ state: 'succeeded' });
    expect(result.failed).toBe(0);
  });
});
