import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppRepository, createAppRepository } from '../support/app-repository.ts';
import { HistoryPlayer } from '../support/chaos-history.ts';
import { beginChaos, sized, spread } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { servingRelease } from '../support/load.ts';

const histories = sized(3, 200);
const eventsEach = 8;
const environments = ['production', 'staging', 'test'];
const ends = ['succeeded', 'superseded', 'failed', 'rolled_back', 'cancelled'];
/** The limit from the last push to the last environment on its branch's head, in ms. */
const settleMs = 60_000;

let repository: AppRepository;
let siskin: ChaosSiskin;

describe('random histories of pushes', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await ChaosSiskin.start({ repository: repository.path, environments });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it(`${histories} of them: every environment ends on its branch's head, every push is accounted for`, async () => {
    const chaos = beginChaos('histories');
    const player = new HistoryPlayer(siskin, repository, chaos, environments);
    const settledMs: number[] = [];
    const byState: Record<string, number> = {};
    let known = 0;
    for (let n = 0; n < histories; n += 1) {
      const { heads, promised, done, duplicates } = await player.play(eventsEach);
      const last = performance.now();
      const views = [];
      for (const id of promised.slice(known)) views.push(await siskin.ended(id, settleMs));
      known = promised.length;
      settledMs.push(performance.now() - last);

      const story = done.join('\n');
      for (const { state } of views) byState[state] = (byState[state] ?? 0) + 1;
      expect(
        views.map(({ state }) => state).filter((state) => !ends.includes(state)),
        story,
      ).toEqual([]);
      const unnamed = views.filter(
        ({ state, supersededBy }) => state === 'superseded' && supersededBy === null,
      );
      expect(unnamed, story).toEqual([]);
      expect(new Set([200, ...duplicates]), story).toEqual(new Set([200]));
      const serving = await Promise.all(
        environments.map((name) => servingRelease(siskin.router, hostOf(name))),
      );
      expect(serving, story).toEqual(environments.map((name) => heads.get(name)));
    }
    chaos.print({ histories, pushes: known, byState, msFromLastPushToSettled: spread(settledMs) });
  });
});
