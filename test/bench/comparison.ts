import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { type LoadResult, startLoad } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { besideServing } from './beside-serving.ts';
import { type Cell, cells, comparisonTable, type Outcome, problems } from './comparison-cells.ts';
import { deploy } from './deploy.ts';
import { runFixedWindow } from './fixed-window.ts';
import { secondsToVerdict } from './rollback-times.ts';

const share = 0.25;
const max5xx = 0.05;

/** Siskin's rule and a fixed window on the same live app, replica count, share, limit and load. */
export const comparison: Bench = {
  about: "what Siskin's rule costs against a fixed 60 s / 5 % window, on the same live app and load",
  async run(options) {
    const repository = await createAppRepository();
    const siskin = await startSiskin(repository);
    try {
      return await compare({ repository, siskin, serving: 0 }, options);
    } finally {
      await siskin.remove();
      await repository.remove();
    }
  },
};

interface Place {
  repository: AppRepository;
  siskin: TestSiskin;
  /** The number of the release that serves. */
  serving: number;
}

async function compare(place: Place, { quick, note }: BenchOptions) {
  const windowMs = quick ? 10_000 : 60_000;
  const rounds = quick ? 1 : 3;
  await release(place, { release: 'first' });
  const outcomes: Outcome[] = [];
  for (const cell of quick ? cells.slice(0, 1) : cells) {
    note(`${cell.name}: the fixed window`);
    outcomes.push(await underFixedWindow(place, cell, windowMs));
    for (let round = 1; round <= rounds; round += 1) {
      note(`${cell.name}: Siskin, ${round} of ${rounds}`);
      outcomes.push(await underSiskin(place, cell, round));
    }
  }
  return {
    tables: [comparisonTable(outcomes, { windowMs, quick })],
    failures: outcomes.flatMap(problems),
    figures: { windowMs, share, max5xx, outcomes },
  };
}

async function underFixedWindow({ siskin, serving }: Place, cell: Cell, windowMs: number): Promise<Outcome> {
  const name = `window-${cell.requestsPerSecond}`;
  const beside = await besideServing(siskin, serving, { release: name, failShare: cell.failShare }, share);
  try {
    const load = startLoad({ ...loadOf(cell), origin: beside.origin, host: siskin.host });
    const { decision, decidedSeconds } = await runFixedWindow(beside.router, beside.backend, beside.canary, {
      windowMs,
      max5xx,
    });
    const failures = failuresOf(await load.stop(), name);
    return { cell, rule: 'fixed', decision, seconds: decidedSeconds, ...failures };
  } finally {
    await beside.remove();
  }
}

async function underSiskin(place: Place, cell: Cell, round: number): Promise<Outcome> {
  const { siskin } = place;
  const name = `siskin-${cell.requestsPerSecond}-${round}`;
  const load = startLoad({ ...loadOf(cell), origin: siskin.router, host: siskin.host });
  const { view, journal } = await release(place, { release: name, failShare: cell.failShare });
  const failures = failuresOf(await load.stop(), name);
  const decision = { rolled_back: 'rollback', succeeded: 'promote' }[view.state] ?? view.state;
  return { cell, rule: 'siskin', decision, seconds: secondsToVerdict(journal), ...failures };
}

/** With the bake that is the default. */
async function release(place: Place, behaviour: Behaviour) {
  const { repository, siskin } = place;
  const canary = { share: `${share * 100}%`, max5xx: `${max5xx * 100}%`, minBake: '15s', maxBake: '60s' };
  const compose = await composeText({
    deploy: { replicas: 3 },
    'x-siskin': { canary: { ...canary, watch: '2s' } },
  });
  const deployed = await deploy(siskin, await commitVariant(repository, behaviour, { compose }));
  if (deployed.view.state === 'succeeded') place.serving = Number(deployed.view.release?.slice(1));
  return deployed;
}

const loadOf = ({ requestsPerSecond }: Cell) => ({ ratePerSecond: requestsPerSecond, requests: ['/'] });

function failuresOf({ failed, byRelease }: LoadResult, release: string) {
  const ofRelease = byRelease[release]?.failed ?? 0;
  return { failed: ofRelease, failedElsewhere: failed - ofRelease };
}
