import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AppRepository, commitVariant, createAppRepository } from '../support/app-repository.ts';
import { type SmallEngine, startSmallEngine } from '../support/chaos-engine.ts';
import { beginChaos, isLong } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { threeReplicas } from '../support/chaos-tiny-app.ts';
import { servingRelease, startLoad } from '../support/load.ts';

const environment = 'production';

let repository: AppRepository;
let engine: SmallEngine | undefined;
let siskin: ChaosSiskin | undefined;

/** An engine of its own needs a mount. */
describe.skipIf(process.getuid?.() !== 0)('dockerd restarted in mid-rollout', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
  });
  afterEach(async () => {
    await siskin?.remove();
    await engine?.remove();
    siskin = engine = undefined;
  });
  afterAll(() => repository?.remove());

  it('with live-restore: containers and traffic go on, and the rollout ends as it would have', async () => {
    const chaos = beginChaos('engine-restart, live-restore');
    await prepare(['--live-restore']);
    for (const state of isLong ? (['canary', 'rolling', 'watching'] as const) : (['rolling'] as const)) {
      const { view, result, release } = await rollOutWithRestart(`kept-${state}`, state);
      chaos.print({ state, ended: view.state, requests: result.requests, failed: result.failed });
      expect(view, `${view.reason}\n${await siskin?.lastLines()}`).toMatchObject({ state: 'succeeded' });
      expect(result.errors).toEqual([]);
      await expectThreeOf(release);
    }
  });

  it('without: containers stop with the engine and come back with it, and are reached at their new addresses', async () => {
    const chaos = beginChaos('engine-restart');
    let before = await prepare([]);
    for (const state of isLong ? (['canary', 'rolling', 'watching'] as const) : (['rolling'] as const)) {
      const { view, result, release, downMs } = await rollOutWithRestart(`stopped-${state}`, state);
      const { requests, failed } = result;
      chaos.print({ state, ended: view.state, reason: view.reason, requests, failed, engineDownMs: downMs });
      // Every replica of both releases was stopped: it may be called the new release's fault, if that is what is said.
      expect(['succeeded', 'rolled_back', 'failed'], await siskin?.lastLines()).toContain(view.state);
      if (view.state !== 'succeeded') expect(view.reason).toMatch(/replica|container|requests failed|5xx/);
      before = view.state === 'succeeded' ? release : before;
      await expectThreeOf(before);
    }
    const next = await rollOut('after');
    expect(next.view, await siskin?.lastLines()).toMatchObject({ state: 'succeeded' });
    expect(next.result.errors).toEqual([]);
    await expectThreeOf('after');
  });
});

/** An engine, and a Siskin on it with a release that serves. @returns that release */
async function prepare(options: readonly string[]): Promise<string> {
  engine = await startSmallEngine(2_000, ['node:20-bookworm-slim'], options);
  siskin = await ChaosSiskin.start({
    repository: repository.path,
    environments: [environment],
    config: { docker: { host: `unix://${join(engine.folder, 'docker.sock')}` } },
  });
  const { view } = await rollOut('first');
  expect(view, await siskin.lastLines()).toMatchObject({ state: 'succeeded' });
  return 'first';
}

async function begin(release: string) {
  const started = siskin ?? raise();
  const sha = await commitVariant(
    repository,
    { release },
    { branch: environment, compose: await threeReplicas() },
  );
  const load = startLoad({ origin: started.router, host: hostOf(environment), ratePerSecond: 100 });
  const { deployments, status } = await started.push(sha, { branch: environment });
  expect(status).toBe(202);
  return { started, load, id: deployments[environment] ?? '' };
}

async function rollOut(release: string) {
  const { started, load, id } = await begin(release);
  const view = await started.ended(id);
  return { view, result: await load.stop() };
}

/** Restarts the engine when the rollout comes into a state; the load ends when the router answers for all again. */
async function rollOutWithRestart(release: string, state: string) {
  const { started, load, id } = await begin(release);
  for await (const event of started.events(id))
    if (event.kind === 'journal' && event.event.type === 'state' && event.event.state === state) break;
  const stopped = performance.now();
  await engine?.restart();
  const downMs = Math.round(performance.now() - stopped);
  const view = await started.ended(id);
  return { view, result: await load.stop(), release, downMs };
}

/** Three replicas run and nothing else, the release serves, and every request is answered. */
async function expectThreeOf(release: string): Promise<void> {
  const started = siskin ?? raise();
  await expect.poll(() => engine?.containers(), { timeout: 60_000 }).toHaveLength(3);
  const answers = async () => {
    const some = Array.from({ length: 12 }, () => servingRelease(started.router, hostOf(environment)));
    return [...new Set(await Promise.all(some))];
  };
  await expect.poll(answers, { timeout: 60_000 }).toEqual([release]);
  const states = (await engine?.containers())?.map((one) => one.split(' ').at(-1));
  expect(states).toEqual(['running', 'running', 'running']);
}

const raise = (): never => {
  throw new Error('prepare() comes first');
};
