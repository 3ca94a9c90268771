import { join } from 'node:path';
import { expect } from 'vitest';
import { type AppRepository, createAppRepository } from './app-repository.ts';
import { JournalReader, journalLines } from './chaos-journal.ts';
import { endOf, type Kind, type Rollout, Rollouts, standing } from './chaos-rollouts.ts';
import { ChaosSiskin, hostOf } from './chaos-siskin.ts';
import { type LoadResult, startLoad } from './load.ts';
import { startRedis, type TestRedis } from './redis-server.ts';

/** Requests a second to each environment, over keep-alive connections. */
const ratePerSecond = 100;
/** The bound: from a restart to the end of everything, in ms. */
const convergedWithinMs = 30_000;

/** Which processes are killed together: `siskin up` alone, or of two that run by themselves. */
export const victims = ['up', 'worker', 'server', 'worker+server'] as const;
export type Victims = (typeof victims)[number];

/** What one rollout showed. */
export interface Played {
  /** Its step boundaries, in their order. */
  boundaries: string[];
  /** At which of them Siskin was killed. */
  killedAt: string[];
  /** From each restart to the next thing that was noted, in ms. */
  toNextMs: number[];
  /** From the last restart to the end of every rollout, in ms; null without a kill. */
  toEndMs: number | null;
  /** From the pushes to the end of every rollout, in ms. */
  tookMs: number;
  requests: number;
}

/** What of it took longer than the issue allows; the caller expects none. */
export const lateOf = ({ killedAt, toNextMs, toEndMs }: Played): string[] =>
  [
    ...toNextMs.map((ms, n) => ({ what: `to go on after ${killedAt[n]}`, ms })),
    { what: `to the end after ${killedAt.at(-1)}`, ms: toEndMs ?? 0 },
  ]
    .filter(({ ms }) => ms > convergedWithinMs)
    .map(({ what, ms }) => `${ms} ms ${what}`);

/** One Siskin with one environment for each kind of rollout, under load while it is rolled out and killed. */
export class Lane {
  readonly victims: Victims;
  readonly #kinds: readonly Kind[];
  readonly #siskin: ChaosSiskin;
  readonly #rollouts: Rollouts;
  readonly #repository: AppRepository;
  readonly #redis: TestRedis | undefined;

  private constructor(
    of: { victims: Victims; kinds: readonly Kind[] },
    parts: { siskin: ChaosSiskin; rollouts: Rollouts; repository: AppRepository; redis?: TestRedis },
  ) {
    this.victims = of.victims;
    this.#kinds = of.kinds;
    this.#siskin = parts.siskin;
    this.#rollouts = parts.rollouts;
    this.#repository = parts.repository;
    this.#redis = parts.redis;
  }

  /** Starts it and brings every environment to a good release. */
  static async start(which: Victims, kinds: readonly Kind[]): Promise<Lane> {
    const repository = await createAppRepository();
    const redis = which === 'up' ? undefined : await startRedis();
    const parts = (['worker', 'server'] as const).map((verb) => ({ name: verb, verb }));
    const siskin = await ChaosSiskin.start({
      repository: repository.path,
      environments: kinds,
      ...(redis && { parts, config: { redis: { url: redis.url } } }),
    });
    const rollouts = new Rollouts(siskin, repository, kinds);
    const lane = new Lane(
      { victims: which, kinds },
      { siskin, rollouts, repository, ...(redis && { redis }) },
    );
    try {
      await rollouts.prepare();
    } catch (error) {
      await lane.remove();
      throw error;
    }
    return lane;
  }

  /**
   * One rollout of each kind at once under load; the victims are killed at those boundaries of the target's that are
   * wanted, one after the other, and started at once. Fails unless everything ends as it would have undisturbed.
   * @param wanted asked once for each boundary of the rollout
   */
  async play(target: Kind, wanted: (boundary: string) => boolean): Promise<Played> {
    const began = performance.now();
    const loadsBegan = new Date().toISOString();
    const loads = this.#kinds.map((kind) =>
      startLoad({ origin: this.#siskin.router, host: hostOf(kind), ratePerSecond }),
    );
    const begun: Rollout[] = [];
    for (const kind of this.#kinds) begun.push(await this.#rollouts.begin(kind));
    const deployment = begun.find(({ kind }) => kind === target)?.deployment ?? '';
    const killed = await this.#killAlong(deployment, wanted);
    const views = await Promise.all(begun.map((one) => this.#siskin.ended(one.deployment)));
    const ended = performance.now();
    const results = await Promise.all(loads.map((load) => load.stop()));

    const place = `${this.victims} killed at ${target}: ${killed.killedAt.join(', ') || 'nothing'}`;
    const ends = await Promise.all(
      begun.map((one, n) => endOf(this.#siskin, one, views[n]?.state ?? 'unknown')),
    );
    const reasons = views.map(({ reason }) => reason).join('; ');
    expect(ends, `${place}: ${reasons}\n${await this.#siskin.lastLines()}`).toEqual(begun);
    const journal = results.some(({ failed }) => failed > 0)
      ? (await journalLines(this.#redisUrl, deployment)).join('\n')
      : '';
    for (const [n, result] of results.entries())
      expectServed(result, begun[n], ended - began, `${place}\n${journal}\nload from ${loadsBegan}`);
    const toEndMs = killed.restartedAt === null ? null : Math.round(ended - killed.restartedAt);
    expect(await standing(this.#siskin), place).toEqual({
      running: 3 * this.#kinds.length,
      others: [],
      networks: this.#kinds.length,
      servers: this.#kinds.map(() => 3),
      idle: [],
    });
    const requests = results.reduce((sum, one) => sum + one.requests, 0);
    return {
      boundaries: killed.boundaries,
      killedAt: killed.killedAt,
      toNextMs: killed.toNextMs,
      toEndMs,
      tookMs: Math.round(ended - began),
      requests,
    };
  }

  async remove(): Promise<void> {
    await this.#siskin.remove();
    await this.#redis?.stop();
    await this.#repository.remove();
  }

  get #redisUrl(): string {
    return this.#redis?.url ?? `unix://${join(this.#siskin.dataDir, 'run', 'redis.sock')}`;
  }

  async #killAlong(deployment: string, wanted: (boundary: string) => boolean) {
    const journal = new JournalReader(this.#redisUrl, deployment);
    const boundaries = new Set<string>();
    const killedAt: string[] = [];
    const toNextMs: number[] = [];
    let restartedAt: number | null = null;
    let waitingSince: number | null = null;
    try {
      for (;;) {
        const event = await journal.next();
        if (event.type === 'finished') break;
        if (event.type === 'run-began') continue;
        if (waitingSince !== null) toNextMs.push(Math.round(performance.now() - waitingSince));
        waitingSince = null;
        const boundary = await journal.boundaryOf(event);
        if (boundary === null || boundaries.has(boundary)) continue;
        boundaries.add(boundary);
        if (!wanted(boundary)) continue;
        await this.#killAndRestart();
        killedAt.push(boundary);
        restartedAt = waitingSince = performance.now();
        // What others did meanwhile was done while nobody could be killed.
        const passed = await journal.skipToNow();
        for (const one of passed) boundaries.add((await journal.boundaryOf(one)) ?? '');
        if (passed.some(({ type }) => type === 'finished')) break;
      }
    } finally {
      journal.close();
    }
    boundaries.delete('');
    return { boundaries: [...boundaries], killedAt, toNextMs, restartedAt };
  }

  async #killAndRestart(): Promise<void> {
    const parts = this.victims.split('+').map((name) => this.#siskin.part(name));
    for (const part of parts) part.signal('SIGKILL');
    for (const part of parts) await part.kill();
    await Promise.all(parts.map((part) => part.start()));
  }
}

/** No request failed but those that the bad release itself answered, and as many were sent as was said. */
function expectServed(result: LoadResult, of: Rollout | undefined, ms: number, place: string): void {
  const { kind, release } = of ?? { kind: 'good', release: '' };
  const { [release]: own = 0, ...others } = result.failedByRelease;
  const failed = kind === 'bad' ? others : { ...others, ...(own > 0 && { [release]: own }) };
  const why = JSON.stringify(result.errors.filter((one) => one.release !== release || kind !== 'bad'));
  expect(failed, `${place}: failed requests of ${kind}: ${why}`).toEqual({});
  expect(result.requests, `${place}: requests of ${kind}`).toBeGreaterThanOrEqual(
    Math.floor((ms / 1_000) * ratePerSecond * 0.99),
  );
}
