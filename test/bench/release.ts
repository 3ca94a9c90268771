import type { JournalEntry } from '../../src/domain/journal.ts';
import { containerName, parseReplicaName, replicaName } from '../../src/domain/names.ts';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { startLoad } from '../support/load.ts';
import type { TestSiskin } from '../support/siskin.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { deploy } from './deploy.ts';
import { engineActions, listeningAt } from './engine-record.ts';
import { type PortShare, portShares, readPortCalls } from './port-calls.ts';
import { type ReleaseStages, stagesOf } from './release-stages.ts';
import { median } from './statistics.ts';
import { startTimedSiskin } from './timed-siskin.ts';

/** kamal-proxy's 2.8 s without its app's boot of 1.5 s: the target for Siskin's own share, in ms. */
const targetMs = 1_300;

/** What the Compose file asks for, in ms. */
const asked = { bakeMs: 1_000, watchMs: 1_000 };

/** A release of one replica beside an old one, of an image whose layers are all cached, under a light load. */
export const release: Bench = {
  about: 'where the time of a release goes (one replica, start-first, cached build)',
  async run(options) {
    const repository = await createAppRepository();
    const timed = await startTimedSiskin(repository);
    try {
      return await measure({ repository, ...timed }, options);
    } finally {
      await timed.remove();
      await repository.remove();
    }
  },
};

interface Round {
  stages: ReleaseStages;
  shares: PortShare[];
}

interface Place {
  repository: AppRepository;
  siskin: TestSiskin;
  callsFile: string;
}

async function measure(place: Place, { quick, note }: BenchOptions): Promise<BenchResult> {
  const { siskin } = place;
  note('the first release, which fills the cache');
  await again(place);
  const load = startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 20, requests: ['/'] });
  const rounds: Round[] = [];
  for (let round = 1; round <= (quick ? 2 : 9); round += 1) {
    rounds.push(await measureOne(place));
    note(`round ${round}: own share ${rounds.at(-1)?.stages.ownMs.toFixed(0)} ms`);
  }
  const { requests, failed } = await load.stop();
  const own = rounds.map(({ stages }) => stages.ownMs);
  return {
    tables: [stageTable(rounds), shareTable(rounds)],
    failures: failed > 0 ? [`${failed} of ${requests} requests failed during good releases`] : [],
    figures: {
      targetMs,
      ownMs: median(own),
      ownToTarget: median(own) / targetMs,
      rounds: rounds.map(({ stages: { totalMs, ownMs, stages } }) => ({ totalMs, ownMs, stages })),
      portShares: medianShares(rounds),
      requests,
      failed,
    },
  };
}

/** Commits the same files anew and deploys them. */
async function again({ repository, siskin }: Place) {
  const compose = await composeText({
    deploy: { replicas: 1 },
    'x-siskin': { canary: { minBake: '1s', maxBake: '1s', watch: '1s', max5xx: '5%' } },
  });
  const sha = await commitVariant(repository, { release: 'same' }, { compose });
  const deployed = await deploy(siskin, sha);
  if (deployed.view.state !== 'succeeded')
    throw new Error(`${deployed.view.id} is ${deployed.view.state}: ${deployed.view.reason}`);
  return deployed;
}

async function measureOne(place: Place): Promise<Round> {
  const { siskin, callsFile } = place;
  const { view, journal } = await again(place);
  const number = parseReplicaName(`${view.release}-1`)?.release ?? 0;
  const container = (of: number) =>
    containerName({ app: siskin.app, environment: 'production' }, 'web', replicaName(of, 1));
  const createdAt = Date.parse(view.createdAt);
  const engine = await engineActions(siskin.app, createdAt, Date.now());
  const stages = stagesOf({
    createdAt,
    journal: journal as JournalEntry[],
    engine: {
      started: engine(container(number), 'start'),
      killed: engine(container(number - 1), 'kill'),
      stopped: engine(container(number - 1), 'stop'),
    },
    listening: await listeningAt(container(number)),
    asked,
  });
  const calls = await readPortCalls(callsFile);
  return { stages, shares: portShares(calls, stages.whole, stages.waits) };
}

function stageTable(rounds: readonly Round[]) {
  const first = rounds[0]?.stages.stages ?? [];
  const of = (name: string, key: 'wholeMs' | 'waitedMs' | 'ownMs') =>
    median(rounds.map(({ stages }) => stages.stages.find((stage) => stage.name === name)?.[key] ?? 0));
  const total = median(rounds.map(({ stages }) => stages.totalMs));
  const own = median(rounds.map(({ stages }) => stages.ownMs));
  return {
    title: `a release, medians of ${rounds.length}, in ms`,
    columns: ['stage', 'whole', 'waited for others', "Siskin's own", 'of 1.3 s'],
    rows: [
      ...first.map(({ name }) => [
        name,
        Math.round(of(name, 'wholeMs')),
        Math.round(of(name, 'waitedMs')),
        Math.round(of(name, 'ownMs')),
        of(name, 'ownMs') / targetMs,
      ]),
      ['the whole release', Math.round(total), Math.round(total - own), Math.round(own), own / targetMs],
    ],
  };
}

const shareTable = (rounds: readonly Round[]) => ({
  title: "Siskin's own share by what it was calling, in ms (calls at once count in each)",
  columns: ['call', 'calls', 'own ms', 'of own'],
  rows: medianShares(rounds)
    .filter(({ ownMs }) => ownMs >= 1)
    .map(({ method, calls, ownMs }) => [
      method,
      calls === 0 ? '' : Math.round(calls),
      Math.round(ownMs),
      ownMs / median(rounds.map(({ stages }) => stages.ownMs)),
    ]),
});

function medianShares(rounds: readonly Round[]): PortShare[] {
  const methods = [...new Set(rounds.flatMap(({ shares }) => shares.map(({ method }) => method)))];
  const of = (method: string, key: 'calls' | 'ownMs') =>
    median(rounds.map(({ shares }) => shares.find((share) => share.method === method)?.[key] ?? 0));
  return methods
    .map((method) => ({ method, calls: of(method, 'calls'), ownMs: of(method, 'ownMs') }))
    .sort((a, b) => b.ownMs - a.ownMs);
}
