import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppRepository, commitVariant, createAppRepository } from '../support/app-repository.ts';
import { beginChaos, sized, spread } from '../support/chaos-run.ts';
import { hostOf } from '../support/chaos-siskin.ts';
import { threeReplicas } from '../support/chaos-tiny-app.ts';
import { startTwoWorkers, type TwoWorkers } from '../support/chaos-two-workers.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { servingRelease, startLoad } from '../support/load.ts';

const environment = 'production';
const pauses = sized(1, 30);
/** Side effects of a rollout of three replicas over three, about: the engine's and the router's. */
const effectsOfRollout = 30;
/** Issue 4's bound on a takeover, in ms. */
const takeoverWithinMs = 15_000;

let repository: AppRepository;
let two: TwoWorkers;

describe('two workers on one Redis', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    two = await startTwoWorkers(repository.path, [environment]);
    await two.siskin.ended(await push('release-0'));
  });
  afterAll(async () => {
    await two?.remove();
    await repository?.remove();
  });

  it(`one paused for longer than its lease, ${pauses} times: nothing of it reaches engine or router after the takeover`, async () => {
    const chaos = beginChaos('paused-worker');
    const rounds = [];
    for (let n = 1; n <= pauses; n += 1) {
      const round = await pauseAt(`release-${n}`, 1 + chaos.below(effectsOfRollout));
      rounds.push(round);
      // A run that fails after an hour has told its figures.
      if (pauses > 3) chaos.print({ n, ...round });
    }
    chaos.print({
      pauses,
      requests: rounds.reduce((sum, { requests }) => sum + requests, 0),
      msFromPauseToTakeover: spread(rounds.map(({ takeoverMs }) => takeoverMs)),
      effectsAfterTakeover: rounds.map(({ after }) => after.length),
      ...(pauses <= 3 && { pausedAt: rounds.map(({ at }) => at) }),
    });
    expect(rounds.filter(({ after }) => after.length > 0)).toEqual([]);
    expect(rounds.filter(({ takeoverMs }) => takeoverMs > takeoverWithinMs)).toEqual([]);
  });
});

async function push(release: string): Promise<string> {
  const compose = await threeReplicas();
  const sha = await commitVariant(repository, { release }, { branch: environment, compose });
  return (await two.siskin.push(sha, { branch: environment })).deployments[environment] ?? '';
}

/** Worker a runs a rollout and is stopped before its nth side effect; b takes over; a goes on while b works. */
async function pauseAt(release: string, effect: number) {
  const { siskin } = two;
  const [a, b] = [siskin.part('a'), siskin.part('b')];
  const load = startLoad({ origin: two.router, host: hostOf(environment), ratePerSecond: 50 });
  b.signal('SIGSTOP');
  const paused = pausedBefore(effect);
  const id = await push(release);
  const { at, text } = await paused;
  b.signal('SIGCONT');
  await takenOver(id);
  const takenOverAt = performance.now();
  a.signal('SIGCONT');
  const view = await siskin.ended(id);
  const after = two.effectsSince('a', takenOverAt);
  const result = await load.stop();
  const why = `paused at ${text}: ${view.reason}\n${await siskin.lastLines()}`;
  expect(view, why).toMatchObject({ state: 'succeeded' });
  expect(result.errors, `paused at ${text}`).toEqual([]);
  expect(await servingRelease(two.router, hostOf(environment))).toBe(release);
  expect((await heldOf(siskin.app)).containers).toHaveLength(3);
  return { at: `${effect}: ${text}`, takeoverMs: takenOverAt - at, after, requests: result.requests };
}

/** Stops worker a when it does its nth side effect; one that was already sent may still arrive. */
function pausedBefore(effect: number): Promise<{ at: number; text: string }> {
  let seen = 0;
  return new Promise((resolve) => {
    two.onEffect('a', (text) => {
      seen += 1;
      if (seen !== effect) return;
      two.siskin.part('a').signal('SIGSTOP');
      two.onEffect('a', undefined);
      resolve({ at: performance.now(), text });
    });
  });
}

/** Resolves when a second worker has taken the deployment up. */
async function takenOver(id: string): Promise<void> {
  let runs = 0;
  for await (const event of two.siskin.events(id)) {
    if (event.kind === 'journal' && event.event.type === 'run-began') runs += 1;
    if (runs === 2) return;
  }
  throw new Error(`${id} ended without being taken over`);
}
