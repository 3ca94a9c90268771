import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentListSchema } from '../../src/api/schemas.ts';
import { type AppRepository, commitVariant, createAppRepository } from '../support/app-repository.ts';
import { childOf, kill, replacedChild } from '../support/chaos-children.ts';
import { beginChaos, type Chaos, sized, spread } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { tinyApp } from '../support/chaos-tiny-app.ts';
import { servingRelease } from '../support/load.ts';

const environment = 'production';
const kills = sized(5, 50);
const outageMs = sized(5_000, 30_000);
const ends = ['succeeded', 'superseded', 'failed', 'cancelled', 'rolled_back'];

let repository: AppRepository;
let siskin: ChaosSiskin;
let head = '';

describe('the Redis of siskin up', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await ChaosSiskin.start({ repository: repository.path, environments: [environment] });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it(`killed ${kills} times during a stream of pushes: each one answered 202 is in the history, and ends`, async () => {
    const chaos = beginChaos('redis-kill');
    head = await commitVariant(
      repository,
      { release: 'first' },
      { branch: environment, compose: await tinyApp() },
    );
    const stream = startPushes(siskin, head);
    for (let n = 0; n < kills; n += 1) await killRedis(chaos);
    const { accepted, statuses, answerMs } = await stream.stop();

    const last = await pushUntilAccepted('after');
    expect(await siskin.ended(last)).toMatchObject({ state: 'succeeded' });
    expect(await servingRelease(siskin.router, hostOf(environment))).toBe('first');
    const states = await statesOf([...accepted, last]);
    const lost = [...states]
      .filter(([, state]) => !ends.includes(state))
      .map(([id, state]) => `${id} ${state}`);
    chaos.print({
      kills,
      pushes: answerMs.length,
      statuses,
      accepted: accepted.length,
      lost: lost.length,
      answerMs: spread(answerMs),
      byState: countOf([...states.values()]),
    });
    expect(lost).toEqual([]);
    expect(Object.keys(statuses).filter((status) => !['202', '503'].includes(status))).toEqual([]);
    expect(accepted.length).toBeGreaterThan(kills);
  });

  it(`stopped for ${outageMs / 1000} s: 503 with Retry-After, then normal, and what was promised is kept`, async () => {
    const chaos = beginChaos('redis-held');
    const before = await pushUntilAccepted('before');
    expect(await siskin.ended(before)).toMatchObject({ state: 'succeeded' });
    const pid = await childOf(siskin.dataDir, 'redis');
    const stopped = performance.now();
    kill(pid, 'SIGSTOP');
    const answers = [];
    while (performance.now() - stopped < outageMs) {
      const { status, retryAfter } = await siskin.push(head, { branch: environment });
      answers.push({ status, retryAfter });
    }
    kill(pid, 'SIGCONT');
    const continued = performance.now();
    const after = await pushUntilAccepted('continued');
    const normalMs = Math.round(performance.now() - continued);
    expect(await siskin.ended(after)).toMatchObject({ state: 'succeeded' });
    chaos.print({ outageMs, refused: answers.length, msUntilAccepted: normalMs });
    expect(new Set(answers.map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify({ status: 503, retryAfter: '5' })]),
    );
  });
});

/** Kills it at a random instant, and waits until Siskin has started another that takes pushes. */
async function killRedis(chaos: Chaos): Promise<void> {
  await pushUntilAccepted('between');
  await delay(chaos.below(400));
  const pid = await childOf(siskin.dataDir, 'redis');
  kill(pid, 'SIGKILL');
  await replacedChild(siskin.dataDir, 'redis', pid);
}

/** Signed pushes, eight at a time, each with a delivery of its own, until stopped. Whatever is not answered has no status. */
function startPushes(to: ChaosSiskin, sha: string) {
  const accepted: string[] = [];
  const statuses: Record<string, number> = {};
  const answerMs: number[] = [];
  let stopped = false;
  const pusher = async () => {
    while (!stopped) {
      const sent = performance.now();
      const { status, deployments } = await to.push(sha, { branch: environment });
      answerMs.push(performance.now() - sent);
      statuses[status] = (statuses[status] ?? 0) + 1;
      if (status === 202) accepted.push(deployments[environment] ?? 'none');
      await delay(20);
    }
  };
  const running = Array.from({ length: 8 }, pusher);
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(running);
      return { accepted, statuses, answerMs };
    },
  };
}

/** @returns the deployment of the first push that is answered 202 */
async function pushUntilAccepted(why: string): Promise<string> {
  for (;;) {
    const { status, deployments } = await siskin.push(head, { branch: environment });
    if (status === 202) return deployments[environment] ?? '';
    if (status !== 503) throw new Error(`${why}: a push was answered ${status}`);
    await delay(20);
  }
}

/** The state of each deployment, as the API tells it; `absent` for one that it does not know. */
async function statesOf(ids: readonly string[]): Promise<Map<string, string>> {
  const client = await siskin.client();
  const newest = await client.get('/api/v1/deployments?limit=200', deploymentListSchema);
  const known = new Map<string, string>(newest.deployments.map(({ id, state }) => [id, state]));
  const states = new Map<string, string>();
  for (const id of ids) {
    const state =
      known.get(id) ??
      (await siskin.deployment(id).then(
        (view) => view.state,
        () => 'absent',
      ));
    states.set(id, state);
  }
  return states;
}

function countOf(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
