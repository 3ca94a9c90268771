import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { startLoad } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import type { Bench } from './bench.ts';
import { deploy } from './deploy.ts';
import { rollbackTimes } from './rollback-times.ts';

const rates = [10, 100];
const askedShare = 0.25;

/** A release that answers 5xx to everything but its health check, on an app that is in use. */
export const verdict: Bench = {
  about: 'how soon an all-5xx release is found out, and what it costs (3 replicas, 25 % to the canary)',
  async run({ quick, note }) {
    const repository = await createAppRepository();
    const siskin = await startSiskin(repository);
    try {
      await releaseOf(repository, siskin, { release: 'good' });
      const outcomes: Outcome[] = [];
      for (const rate of rates)
        for (let round = 1; round <= (quick ? 1 : 3); round += 1) {
          note(`an all-5xx release at ${rate} requests/s`);
          outcomes.push(await badRelease(repository, siskin, rate));
        }
      return {
        tables: [{ title: 'an all-5xx release', columns, rows: outcomes.map(row) }],
        failures: outcomes.flatMap(problems),
        figures: { releases: outcomes },
      };
    } finally {
      await siskin.remove();
      await repository.remove();
    }
  },
};

interface Outcome {
  rate: number;
  state: string;
  reason: string;
  /** Seconds from the canary's first chance of a request to the decision, and to its being out of traffic. */
  decidedSeconds: number;
  detachedSeconds: number;
  requests: number;
  /** Share of the requests sent while the canary was attached that it answered, 0 to 1; 0.25 was asked for. */
  canaryShare: number;
  failed: number;
  /** Failed requests that the canary did not answer. */
  failedElsewhere: number;
}

async function badRelease(repository: AppRepository, siskin: TestSiskin, rate: number): Promise<Outcome> {
  const load = startLoad({
    origin: siskin.router,
    host: siskin.host,
    ratePerSecond: rate,
    requests: ['/'],
  });
  const bad = `bad-${rate}`;
  const { view, journal } = await releaseOf(repository, siskin, { release: bad, failShare: 1 });
  const { requests, failed, byRelease } = await load.stop();
  const canary = byRelease[bad] ?? { requests: 0, failed: 0 };
  const times = rollbackTimes(journal);
  return {
    rate,
    state: view.state,
    reason: view.reason ?? '',
    ...times,
    requests,
    canaryShare: canary.requests / (rate * times.detachedSeconds),
    failed,
    failedElsewhere: failed - canary.failed,
  };
}

/** With the bake that is the default, which a release that fails like this does not live to see. */
async function releaseOf(repository: AppRepository, siskin: TestSiskin, behaviour: Behaviour) {
  const canary = { share: '25%', minBake: '15s', maxBake: '60s', watch: '2s' };
  const compose = await composeText({ deploy: { replicas: 3 }, 'x-siskin': { canary } });
  return deploy(siskin, await commitVariant(repository, behaviour, { compose }));
}

const columns = [
  'requests/s',
  's to decide',
  's to detach',
  'of maxBake',
  'share got of asked',
  'failed',
  'failed elsewhere',
];

const row = (outcome: Outcome): (string | number)[] => [
  String(outcome.rate),
  outcome.decidedSeconds,
  outcome.detachedSeconds,
  outcome.decidedSeconds / 60,
  outcome.canaryShare / askedShare,
  outcome.failed,
  outcome.failedElsewhere,
];

const problems = ({ rate, state, reason, failedElsewhere }: Outcome): string[] => [
  ...(state === 'rolled_back' ? [] : [`the release at ${rate}/s is ${state}: ${reason}`]),
  ...(failedElsewhere > 0
    ? [`at ${rate}/s ${failedElsewhere} requests failed that the canary did not answer`]
    : []),
];
