import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { servingRelease } from '../support/load.ts';
import { runCliProcess } from '../support/siskin-cli.ts';
import {
  type LabEnvironment,
  standardCanary,
  startVerdictLab,
  type VerdictLab,
} from '../support/verdict-lab.ts';

let lab: VerdictLab;

const cli = (environment: LabEnvironment, verb: string, ...args: string[]) =>
  runCliProcess(lab.siskin.configFile, [verb, lab.siskin.app, environment.name, ...args]);
const serving = (environment: LabEnvironment) => servingRelease(lab.siskin.router, environment.host);
const quick = { ...standardCanary, minBake: '1s', maxBake: '3s' };

const listSchema = z.object({
  environments: z.array(
    z.object({
      environment: z.string(),
      frozen: z.object({ by: z.string(), reason: z.string() }).nullable(),
    }),
  ),
});
const frozenOf = async ({ name }: LabEnvironment) => {
  const { output } = await runCliProcess(lab.siskin.configFile, ['status', lab.siskin.app, name, '--json']);
  return listSchema.parse(JSON.parse(output)).environments[0]?.frozen;
};

describe.concurrent('a person decides', () => {
  beforeAll(async () => {
    lab = await startVerdictLab(['freeze', 'failure', 'promote', 'watch', 'query', 'refused']);
  });
  afterAll(async () => {
    await lab?.remove();
  });

  it('siskin freeze in the watch: it stands still, a newer push waits; unfreeze lets both go on', async () => {
    const environment = await lab.environment('freeze');
    const canary = { ...quick, watch: '3s' };
    const first = await environment.push({ release: 'frozen' }, { canary });
    await lab.siskin.reached(first, 'watching');
    expect((await cli(environment, 'freeze', '--reason', 'a look at the numbers')).exitCode).toBe(0);
    await lab.siskin.reached(first, 'frozen');
    expect(await frozenOf(environment)).toMatchObject({
      reason: expect.stringContaining('a look at the numbers'),
    });
    const second = await environment.push({ release: 'newer' }, { canary });
    expect((await lab.siskin.deployment(first)).state).toBe('frozen');
    expect(await serving(environment)).toBe('frozen');
    expect((await cli(environment, 'unfreeze')).exitCode).toBe(0);
    expect(await lab.siskin.ended(first)).toMatchObject({ state: 'succeeded' });
    expect(await lab.siskin.ended(second)).toMatchObject({ state: 'succeeded' });
    expect(await serving(environment)).toBe('newer');
    expect(await frozenOf(environment)).toBeNull();
  });

  it('onFailure: freeze stops a bad release where it is; a person rolls it back', async () => {
    const environment = await lab.environment('failure');
    const { view, load } = await environment.release({ release: 'bad', failShare: 1 }, 20, {
      xSiskin: { onFailure: 'freeze' },
      meanwhile: async (id) => {
        await lab.siskin.reached(id, 'frozen');
        expect(await lab.siskin.deployment(id)).toMatchObject({
          state: 'frozen',
          reason: expect.stringMatching(/^frozen: rolled back after .* canary requests failed/),
        });
        expect(await frozenOf(environment)).toMatchObject({ by: 'siskin' });
        expect((await cli(environment, 'rollback')).exitCode).toBe(0);
      },
    });
    expect(view).toMatchObject({ state: 'rolled_back', reason: 'rolled back by a person' });
    expect(load?.failed).toBe(load?.failedByRelease.bad);
    expect(await frozenOf(environment)).not.toBeNull();
    expect((await cli(environment, 'unfreeze')).exitCode).toBe(0);
  });

  it('siskin promote in the canary skips the wait and keeps the watch; a second one ends that', async () => {
    const environment = await lab.environment('promote');
    const canary = { ...standardCanary, watch: '10m' };
    const id = await environment.push({ release: 'hurried' }, { canary });
    await lab.siskin.reached(id, 'canary');
    expect((await cli(environment, 'promote')).exitCode).toBe(0);
    await lab.siskin.reached(id, 'watching');
    expect((await lab.siskin.deployment(id)).state).toBe('watching');
    expect((await cli(environment, 'promote')).exitCode).toBe(0);
    expect(await lab.siskin.ended(id)).toMatchObject({ state: 'succeeded', verdict: { evidence: 'none' } });
  });

  it('siskin rollback in the watch brings the kept containers back, dropping nothing', async () => {
    const environment = await lab.environment('watch');
    const { view, load } = await environment.release({ release: 'regretted' }, 30, {
      xSiskin: { canary: { ...quick, watch: '10m' } },
      meanwhile: async (id) => {
        await lab.siskin.reached(id, 'watching');
        expect((await cli(environment, 'rollback')).exitCode).toBe(0);
      },
    });
    expect(view.state).toBe('rolled_back');
    expect(load?.failed).toBe(0);
    expect(await serving(environment)).toBe('watch-good');
  });

  it('a query that gives several series is refused before anything is started, naming the key', async () => {
    const environment = await lab.environment('refused');
    const query = 'haproxy_server_weight{proxy="{{backends}}"}';
    const { view } = await environment.release({ release: 'several' }, 0, {
      xSiskin: { analysis: [{ name: 'weights', query, max: 300 }] },
    });
    expect(view.state).toBe('failed');
    expect(view.reason).toMatch(/services\.web\.x-siskin\.analysis\[0\]\.query \(weights\): .*3 series/);
    expect(await serving(environment)).toBe('refused-good');
  });

  it("latency-p95: a release that answers slowly goes back for it, by the app's own histogram", async () => {
    const environment = await lab.environment('query');
    const analysis = [{ name: 'latency', preset: 'latency-p95', max: 2, window: '15s' }];
    const metrics = { path: '/metrics' };
    const before = await environment.release({ release: 'quick', latencyMs: 4 }, 20, {
      xSiskin: { metrics, canary: quick },
    });
    expect(before.view.state).toBe('succeeded');
    const { view, load } = await environment.release({ release: 'slow', latencyMs: 120 }, 20, {
      xSiskin: { metrics, analysis },
    });
    expect(view).toMatchObject({ state: 'rolled_back', verdict: { decision: 'rollback' } });
    expect(view.reason).toMatch(
      /^rolled back after \d+\.\d s: latency is \d+(\.\d+)?, above its max 2, 2 times in a row$/,
    );
    expect(load?.failed).toBe(0);
  });
});
