import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { deploymentList } from '../support/api-shapes.ts';
import { type AppRepository, createAppRepository } from '../support/app-repository.ts';
import { type History, HistoryPlayer, Turn } from '../support/chaos-history.ts';
import { beginChaos, type Chaos, isLong, sized, spread } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { servingRelease } from '../support/load.ts';

const histories = sized(3, 200);
const eventsEach = 8;
/** Players at the same time, each with environments of its own. */
const players = sized(3, 4);
const environmentsEach = 3;
const ends = ['succeeded', 'superseded', 'failed', 'rolled_back', 'cancelled'];
/** The bound from the last push to the last environment on its branch's head, in ms. */
const settleMs = 60_000;

const environmentsOf = (player: number): string[] =>
  Array.from({ length: environmentsEach }, (_, n) => `player${player + 1}-${n + 1}`);

let repository: AppRepository;
let siskin: ChaosSiskin | undefined;

describe('random histories of pushes, some of whose webhooks are lost', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
  });
  afterEach(async () => {
    await siskin?.remove();
    siskin = undefined;
  });
  afterAll(() => repository?.remove());

  it(`${histories} of them: every environment ends on its branch's head, every push is accounted for`, async () => {
    const chaos = beginChaos('histories');
    await playAll(chaos, histories, { reconcile: { every: '5s' }, build: { concurrency: 2 } });
  });

  it.runIf(isLong)('the same with the looks as far apart as they are by default', async () => {
    const chaos = beginChaos('histories, default pace');
    await playAll(chaos, 3 * players, { build: { concurrency: 2 } });
  });
});

async function playAll(chaos: Chaos, count: number, config: Record<string, unknown>): Promise<void> {
  const environments = Array.from({ length: players }, (_, n) => environmentsOf(n)).flat();
  const started = await ChaosSiskin.start({ repository: repository.path, environments, config });
  siskin = started;
  const turn = new Turn();
  const figures: Figures = { histories: 0, settledMs: [], byState: {}, pushes: 0, dropped: 0 };
  const tell = (more: Record<string, unknown> = {}) => {
    const { settledMs, ...others } = figures;
    chaos.print({ ...others, ...more, msFromLastPushToSettled: spread(settledMs) });
  };
  const playing = Array.from({ length: players }, async (_, n) => {
    const of = environmentsOf(n);
    const player = new HistoryPlayer(started, { repository, turn }, chaos, of);
    const checker = new Checker(started, of, figures);
    // Many first deployments at once: no history yet, and no bound of the issue's.
    await checker.settled(await player.begin(), 3 * settleMs);
    for (let begun = n; begun < count; begun += players) {
      await checker.settled(await player.play(eventsEach));
      figures.histories += 1;
      // A run that fails after half an hour has told its figures.
      if (figures.histories % 20 === 0) tell();
    }
    return checker;
  });
  const checkers = await Promise.all(playing);
  let found = 0;
  for (const checker of checkers) found += await checker.found();
  tell({ found });
  if (isLong) expect(found).toBeGreaterThan(0);
}

interface Figures {
  histories: number;
  settledMs: number[];
  byState: Record<string, number>;
  pushes: number;
  dropped: number;
}

/** Holds one player's histories to what must come of them. */
class Checker {
  readonly #siskin: ChaosSiskin;
  readonly #environments: readonly string[];
  readonly #figures: Figures;
  #known = 0;
  #dropped = 0;

  constructor(of: ChaosSiskin, environments: readonly string[], figures: Figures) {
    this.#siskin = of;
    this.#environments = environments;
    this.#figures = figures;
  }

  /** Every environment is on its branch's head in time, and every push that was answered 202 has ended and says how. */
  async settled({ heads, promised, done, duplicates, dropped }: History, withinMs = settleMs): Promise<void> {
    const last = performance.now();
    const story = done.slice(-40).join('\n');
    const wanted = this.#environments.map((name) => heads.get(name) ?? null);
    let serving = await this.#serving();
    while (!same(serving, wanted) && performance.now() - last < withinMs) {
      await delay(100);
      serving = await this.#serving();
    }
    expect(serving, `${story}\n${await this.#siskin.lastLines()}`).toEqual(wanted);
    if (withinMs === settleMs) this.#figures.settledMs.push(performance.now() - last);

    const views = [];
    for (const id of promised.slice(this.#known)) views.push(await this.#siskin.ended(id, withinMs));
    this.#figures.pushes += promised.length - this.#known;
    this.#figures.dropped += dropped - this.#dropped;
    this.#known = promised.length;
    this.#dropped = dropped;
    for (const { state } of views) this.#figures.byState[state] = (this.#figures.byState[state] ?? 0) + 1;
    expect(
      views.filter(({ state }) => !ends.includes(state)),
      story,
    ).toEqual([]);
    expect(
      views.filter(({ state, supersededBy }) => state === 'superseded' && supersededBy === null),
      story,
    ).toEqual([]);
    expect(new Set([200, ...duplicates]), story).toEqual(new Set([200]));
  }

  /** How many pushes the reconciler found in this player's environments, of those that are still on record. */
  async found(): Promise<number> {
    const client = await this.#siskin.client();
    let found = 0;
    for (const environment of this.#environments) {
      const path = `/api/v1/deployments?app=${this.#siskin.app}&environment=${environment}&limit=200`;
      const { deployments } = await client.get(path, deploymentList);
      found += deployments.filter(({ actor }) => actor.name === 'reconciler').length;
    }
    return found;
  }

  #serving(): Promise<(string | null)[]> {
    return Promise.all(this.#environments.map((name) => servingRelease(this.#siskin.router, hostOf(name))));
  }
}

const same = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.every((one, index) => one === b[index]);
