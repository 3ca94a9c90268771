import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppRepository,
  type Behaviour,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { openWebSocket } from '../support/app-websocket.ts';
import { heldOf } from '../support/docker-cleanup.ts';
import { startLoad } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';

let repository: AppRepository;
let siskin: TestSiskin;

async function release(behaviour: Behaviour, drain = '10s') {
  const compose = await composeText({ stop_grace_period: '2s', 'x-siskin': { drain: { timeout: drain } } });
  const sha = await commitVariant(repository, behaviour, { compose });
  const { deployment, status } = await siskin.push(sha);
  expect(status).toBe(202);
  return siskin.ended(deployment);
}

const load = () =>
  startLoad({ origin: siskin.router, host: siskin.host, ratePerSecond: 220, connections: 128 });

describe('a good release, under 220 requests/s with slow requests and POST bodies', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    siskin = await startSiskin(repository);
    const first = await release({ release: 'first', onSigterm: 'exit' });
    expect(first, await siskin.output()).toMatchObject({ state: 'succeeded', release: 'r1' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it('drops nothing over five releases of an app that exits at once on SIGTERM', async () => {
    const run = load();
    for (let number = 2; number <= 6; number++) {
      const view = await release({ release: `exit-${number}`, onSigterm: 'exit' });
      expect(view, view.reason ?? '').toMatchObject({ state: 'succeeded', release: `r${number}` });
    }
    const result = await run.stop();
    expect(result.errors).toEqual([]);
    expect(result.failed).toBe(0);
    expect(result.requests).toBeGreaterThan(2_000);
    expect(Object.keys(result.byRelease)).toEqual(expect.arrayContaining(['first', 'exit-6']));
  });

  it('drops nothing of an app that ignores SIGTERM, nor of one that boots for 5 s', async () => {
    const run = load();
    const ignoring = await release({ release: 'ignores', onSigterm: 'ignore' });
    expect(ignoring).toMatchObject({ state: 'succeeded' });
    const slow = await release({ release: 'slow-boot', onSigterm: 'exit', bootMs: 5_000 });
    expect(slow).toMatchObject({ state: 'succeeded' });
    const result = await run.stop();
    expect(result.errors).toEqual([]);
    expect(result.failed).toBe(0);
  });

  it('leaves an open WebSocket alone until drain.timeout, and never cuts one that ends before', async () => {
    const short = await openWebSocket(siskin.router, siskin.host);
    const long = await openWebSocket(siskin.router, siskin.host);
    const deploying = release({ release: 'after-websocket', onSigterm: 'exit' }, '4s');
    expect(await short.echo('still here')).toBe('still here');
    await short.close();
    expect(await short.ended).toMatchObject({ cutByOther: false });
    const cut = await long.ended;
    const cutAt = Date.now();
    const view = await deploying;
    expect(view).toMatchObject({ state: 'succeeded' });
    expect(cut.cutByOther).toBe(true);
    const begins = (name: string) =>
      Date.parse(view.steps.find((step) => step.name === name)?.startedAt ?? '');
    const removal = view.steps.findLast(
      ({ name, startedAt }) => name.startsWith('RemoveServer ') && Date.parse(startedAt) <= cutAt,
    );
    const replica = removal?.name.split(' ')[1] ?? '';
    // both are wall-clock times in whole ms, the time-out itself is monotonic
    expect(begins(`RemoveServer ${replica}`) - begins(`Drain ${replica}`)).toBeGreaterThan(3_950);
  });

  it('leaves exactly the replicas of the last release', async () => {
    const { containers } = await heldOf(siskin.app);
    expect(containers).toHaveLength(3);
    for (const container of containers) expect(container).toMatch(/-web-r9-[123] running$/);
  });
});
