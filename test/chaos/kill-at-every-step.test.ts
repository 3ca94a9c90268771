import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppRepository, createAppRepository } from '../support/app-repository.ts';
import type { Part } from '../support/chaos-process.ts';
import { endOf, type Kind, kinds, type Rollout, Rollouts, standing } from '../support/chaos-rollouts.ts';
import { beginChaos, isLong, sized, spread } from '../support/chaos-run.ts';
import { ChaosSiskin, type ChaosSiskinOptions, hostOf } from '../support/chaos-siskin.ts';
import { startLoad } from '../support/load.ts';
import { startRedis, type TestRedis } from '../support/redis-server.ts';

/** Requests a second to each of the three environments, over keep-alive connections. */
const ratePerSecond = 100;
/** Step boundaries (`step-began`, `step-ended`) of an undisturbed rollout of each kind, about: what the short form draws from. */
const boundaries: Record<Kind, number> = { good: 60, bad: 18, rollback: 50 };
const roundsPerBoundary = 3;

let repository: AppRepository;
beforeAll(async () => {
  repository = await createAppRepository();
});
afterAll(() => repository.remove());

/** What a kill hit, and how long it took from the restart to the end of every rollout. */
interface Round {
  killed: string;
  at: string;
  hit: boolean;
  convergedMs: number;
  requests: number;
}

describe('siskin up, killed at step boundaries', () => {
  let siskin: ChaosSiskin;
  let rollouts: Rollouts;
  beforeAll(async () => {
    ({ siskin, rollouts } = await prepared({}));
  });
  afterAll(() => siskin?.remove());

  it('every rollout reaches the right release, no request of an old or good release fails, nothing is left over', async () => {
    const chaos = beginChaos('kill-at-every-step, siskin up');
    const play = (kind: Kind, boundary: number) => playRound(siskin, rollouts, kind, boundary, ['up']);
    const rounds: Round[] = [];
    if (isLong) {
      for (let n = 0; n < roundsPerBoundary; n += 1)
        for (const kind of kinds)
          for (let at = 1, hit = true; hit; at += 1) {
            rounds.push(await play(kind, at));
            hit = rounds.at(-1)?.hit ?? false;
          }
    } else {
      for (const kind of [chaos.pick(kinds)])
        rounds.push(await play(kind, 1 + chaos.below(boundaries[kind])));
    }
    report(chaos.print, rounds);
  });
});

describe('server and worker as processes of their own', () => {
  let redis: TestRedis;
  let siskin: ChaosSiskin;
  let rollouts: Rollouts;
  beforeAll(async () => {
    redis = await startRedis();
    const parts = [
      { name: 'worker', verb: 'worker' as const },
      { name: 'server', verb: 'server' as const },
    ];
    ({ siskin, rollouts } = await prepared({ parts, config: { redis: { url: redis.url } } }));
  });
  afterAll(async () => {
    await siskin?.remove();
    await redis?.stop();
  });

  it('the same, with the worker, the server or both killed', async () => {
    const chaos = beginChaos('kill-at-every-step, server and worker');
    const victims: [string[], ...string[][]] = [['worker'], ['server'], ['worker', 'server']];
    const rounds: Round[] = [];
    for (const parts of isLong ? victims : [chaos.pick(victims)])
      for (const kind of isLong ? kinds : [chaos.pick(kinds)]) {
        const ats = Array.from({ length: sized(1, boundaries[kind] * roundsPerBoundary) }, (_, n) =>
          isLong ? 1 + (n % boundaries[kind]) : 1 + chaos.below(boundaries[kind]),
        );
        for (const at of ats) rounds.push(await playRound(siskin, rollouts, kind, at, parts));
      }
    report(chaos.print, rounds);
  });
});

async function prepared(options: Partial<ChaosSiskinOptions>) {
  const siskin = await ChaosSiskin.start({ repository: repository.path, environments: kinds, ...options });
  const rollouts = new Rollouts(siskin, repository);
  await rollouts.prepare();
  return { siskin, rollouts };
}

/** Three rollouts at once under load; the parts are killed when that of one kind reaches a boundary, and started at once. */
async function playRound(
  siskin: ChaosSiskin,
  rollouts: Rollouts,
  kind: Kind,
  boundary: number,
  parts: readonly string[],
): Promise<Round> {
  const origin = siskin.router;
  const loads = kinds.map((of) => startLoad({ origin, host: hostOf(of), ratePerSecond }));
  const begun: Rollout[] = [];
  for (const of of kinds) begun.push(await rollouts.begin(of));
  const target = begun.find((one) => one.kind === kind);
  const at = await reachedBoundary(siskin, target?.deployment ?? '', boundary);
  const victims: Part[] = parts.map((name) => siskin.part(name));
  if (at !== null) {
    for (const victim of victims) victim.signal('SIGKILL');
    for (const victim of victims) await victim.kill();
    for (const victim of victims) await victim.start();
  }
  const restarted = performance.now();
  const views = await Promise.all(begun.map(({ deployment }) => siskin.ended(deployment)));
  const convergedMs = Math.round(performance.now() - restarted);
  const results = await Promise.all(loads.map((load) => load.stop()));
  const place = `${parts.join('+')} at ${kind} ${boundary}: ${at ?? 'ended before'}`;

  const ends = await Promise.all(begun.map((one, n) => endOf(siskin, one, views[n] ?? never())));
  expect(ends, `${place}\n${await siskin.lastLines()}`).toEqual(begun);
  results.forEach((result, n) => {
    const { kind: of, release } = begun[n] ?? never();
    const { [release]: own = 0, ...others } = result.failedByRelease;
    const failed = of === 'bad' ? others : { ...others, ...(own > 0 && { [release]: own }) };
    const why = JSON.stringify(result.errors.filter((one) => one.release !== release || of !== 'bad'));
    expect(failed, `${place}: failed requests of ${of}: ${why}`).toEqual({});
  });
  expect(await standing(siskin), place).toEqual({
    running: 9,
    others: [],
    networks: 3,
    servers: [3, 3, 3],
    idle: [],
  });
  const requests = results.reduce((sum, one) => sum + one.requests, 0);
  return {
    killed: parts.join('+'),
    at: `${kind} ${boundary} ${at ?? '-'}`,
    hit: at !== null,
    convergedMs,
    requests,
  };
}

/** @returns the boundary's name when it comes; null when the deployment ended before */
async function reachedBoundary(siskin: ChaosSiskin, id: string, boundary: number): Promise<string | null> {
  let seen = 0;
  for await (const event of siskin.events(id)) {
    if (event.kind !== 'journal' || !/^step-(began|ended)$/.test(event.event.type)) continue;
    seen += 1;
    if (seen === boundary) return `${event.event.type} ${String(event.event.step)}`;
  }
  return null;
}

function report(print: (figures: Record<string, unknown>) => void, rounds: readonly Round[]): void {
  const hits = rounds.filter(({ hit }) => hit);
  print({
    rounds: rounds.length,
    kills: hits.length,
    rolloutsInterrupted: hits.length * kinds.length,
    requests: rounds.reduce((sum, one) => sum + one.requests, 0),
    msFromRestartToTheEndOfAll: spread(hits.map(({ convergedMs }) => convergedMs)),
    ...(isLong ? {} : { at: rounds.map(({ killed, at }) => `${killed} at ${at}`) }),
  });
}

const never = (): never => {
  throw new Error('one for each kind');
};
