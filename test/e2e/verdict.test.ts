import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { z } from 'zod';
import type { LoadResult } from '../support/load.ts';
import type { DeploymentView } from '../support/siskin.ts';
import {
  type LabEnvironment,
  standardCanary,
  startVerdictLab,
  type VerdictLab,
} from '../support/verdict-lab.ts';

const names = [
  'bad-10',
  'bad-100',
  'good-10',
  'good-100',
  'quiet',
  'outage',
  'outage-2',
  'late',
  'killed',
  'blind',
  'restart',
  'loop',
  'cold',
];

let lab: VerdictLab;

/** Says what was seen; nothing here depends on how fast this machine is. */
const note = ({ annotate }: TestContext, view: DeploymentView, load: LoadResult | null) =>
  annotate(
    `${secondsToVerdict(view).toFixed(1)} s to the verdict, ${load?.failed ?? 0} of ${load?.requests ?? 0} requests failed: ${view.reason}`,
  );

/** From the canary's being attached to its promotion or rollback. */
function secondsToVerdict({ steps }: DeploymentView): number {
  const attached = steps.find(({ name }) => name.startsWith('Attach '))?.endedAt;
  const decided = steps.find(({ name }) => name === 'Promote' || name === 'RollBack')?.startedAt;
  return attached && decided ? (Date.parse(decided) - Date.parse(attached)) / 1000 : Number.NaN;
}

/** Every failed request was the new release's own. */
const failedElsewhere = (load: LoadResult | null, release: string): number =>
  (load?.failed ?? 0) - (load?.failedByRelease[release] ?? 0);

describe('the verdict, on real Docker, HAProxy and Prometheus', () => {
  beforeAll(async () => {
    lab = await startVerdictLab(names);
  });
  afterAll(async () => {
    await lab?.remove();
  });

  describe('one after another', () => {
    it('(a) all 5xx at 10 requests/s: back after at most 10 failed requests', async (context) => {
      const environment = await lab.environment('bad-10');
      const { view, load } = await environment.release({ release: 'a', failShare: 1 }, 10);
      await note(context, view, load);
      expect(view).toMatchObject({ state: 'rolled_back', verdict: { evidence: 'strong' } });
      expect(load?.failed).toBeGreaterThan(0);
      expect(load?.failed).toBeLessThanOrEqual(10);
      expect(failedElsewhere(load, 'a')).toBe(0);
    });

    it('(b) all 5xx at 100 requests/s: back', async (context) => {
      const environment = await lab.environment('bad-100');
      const { view, load } = await environment.release({ release: 'b', failShare: 1 }, 100);
      await note(context, view, load);
      expect(view).toMatchObject({ state: 'rolled_back', verdict: { evidence: 'strong' } });
      expect(failedElsewhere(load, 'b')).toBe(0);
    });

    it('(c) good at 100 requests/s: promoted by evidence', async (context) => {
      const environment = await lab.environment('good-100');
      const { view, load } = await environment.release({ release: 'c' }, 100);
      await note(context, view, load);
      expect(view).toMatchObject({
        state: 'succeeded',
        verdict: { decision: 'promote', evidence: 'strong' },
      });
      expect(load?.failed).toBe(0);
    });
  });

  describe.concurrent('several at once', () => {
    it('(c) good at 10 requests/s: promoted by evidence', async (context) => {
      const environment = await lab.environment('good-10');
      const { view, load } = await environment.release({ release: 'c' }, 10);
      await note(context, view, load);
      expect(view).toMatchObject({
        state: 'succeeded',
        verdict: { decision: 'promote', evidence: 'strong' },
      });
      expect(load?.failed).toBe(0);
    });

    it('(d) no traffic at all: promoted at maxBake on low evidence, saying so', async (context) => {
      const environment = await lab.environment('quiet');
      const canary = { ...standardCanary, minBake: '3s', maxBake: '8s' };
      const { view, load } = await environment.release({ release: 'd' }, 0, { xSiskin: { canary } });
      await note(context, view, load);
      expect(view).toMatchObject({ state: 'succeeded', verdict: { decision: 'promote', evidence: 'low' } });
      expect(view.verdict?.reason).toMatch(/^promoted after \d+\.\d s on low evidence: no requests at all$/);
    });

    it('(e) 15 % on both: held and not blamed; resumed when the old release is well again', async (context) => {
      const outage = await startOutage(context, 'outage');
      const { view, load } = await outage.release('e', () => {
        outage.database.failShare = 0;
        return Promise.resolve();
      });
      await note(context, view, load);
      expect(view).toMatchObject({ state: 'succeeded', verdict: { decision: 'promote' } });
    });

    it('(e) 15 % on both: held until a person rolls it back', async (context) => {
      const outage = await startOutage(context, 'outage-2');
      const { view, load } = await outage.release('e', async (environment) => {
        expect((await environment.act('rollback')).status).toBe(202);
      });
      await note(context, view, load);
      expect(view).toMatchObject({ state: 'rolled_back', reason: 'rolled back by a person' });
    });

    it('(f) a fault that begins 40 s after it was attached: back, out of the watch', async (context) => {
      const environment = await lab.environment('late');
      const canary = { ...standardCanary, watch: '2m' };
      const { view, load } = await environment.release({ release: 'f', failAfterMs: 40_000 }, 10, {
        xSiskin: { canary },
      });
      await note(context, view, load);
      expect(view).toMatchObject({
        state: 'rolled_back',
        verdict: { decision: 'rollback', evidence: 'strong' },
      });
      const steps = view.steps.map(({ name }) => name);
      expect(steps.indexOf('RollBack')).toBeGreaterThan(steps.indexOf('Promote'));
      expect(steps).toContain('Promote');
      expect(failedElsewhere(load, 'f')).toBe(0);
    });

    it('(h) restarts in mid-canary: back at once, whatever the statistics say', async (context) => {
      const environment = await lab.environment('restart');
      const { view, load } = await environment.release({ release: 'h', dieAfterMs: 4_000 }, 10);
      await note(context, view, load);
      expect(view).toMatchObject({ state: 'rolled_back', verdict: { evidence: 'hard-signal' } });
      expect(view.reason).toMatch(/while it served/);
    });

    it('threat 16: crash-loops after its promotion: back, out of the watch', async (context) => {
      const environment = await lab.environment('loop');
      const canary = { ...standardCanary, minBake: '1s', maxBake: '3s', watch: '2m' };
      const { view, load } = await environment.release({ release: 'l', dieAfterMs: 25_000 }, 10, {
        xSiskin: { canary },
      });
      await note(context, view, load);
      expect(view).toMatchObject({
        state: 'rolled_back',
        reason: expect.stringMatching(/(crashed|exited) .*while it served/),
      });
      expect(view.steps.map(({ name }) => name)).toContain('watching');
    });

    it('(i) 30 % in the first 10 s only, with a warm-up of 10 s: promoted', async (context) => {
      const environment = await lab.environment('cold');
      const { view, load } = await environment.release(
        { release: 'i', failShare: 0.3, failUntilMs: 10_000 },
        10,
        {
          xSiskin: { canary: { ...standardCanary, warmup: '10s' } },
        },
      );
      await note(context, view, load);
      expect(load?.failed).toBeGreaterThan(0);
      expect(view).toMatchObject({
        state: 'succeeded',
        verdict: { decision: 'promote', evidence: 'strong' },
      });
      expect(view.verdict?.reason).toMatch(/ in its warm-up$/);
    });
  });

  describe('without Prometheus', () => {
    it('(g) hanging, then killed in mid-canary: the verdict is reached all the same', async (context) => {
      const environment = await lab.environment('killed');
      const { view, load } = await environment.release({ release: 'g1' }, 20, {
        meanwhile: async (id) => {
          await lab.siskin.reached(id, 'canary');
          // Killed at once it can be back between two looks, and nobody would have missed it.
          await signalPrometheus(lab, 'SIGSTOP');
          await lab.siskin.logged(id, /the router's own counters are used/);
          await signalPrometheus(lab, 'SIGKILL');
        },
      });
      await note(context, view, load);
      expect(view).toMatchObject({
        state: 'succeeded',
        verdict: { decision: 'promote', evidence: 'strong' },
      });
      expect(view.verdict?.ticks.map(({ source }) => source)).toContain('router');
      expect(load?.failed).toBe(0);
    });

    it("(g) away in mid-canary: a bad release is found by the router's own counters", async (context) => {
      const environment = await lab.environment('blind');
      const { view, load } = await environment.release({ release: 'g', failAfterMs: 6_000 }, 20, {
        meanwhile: async (id) => {
          await lab.siskin.reached(id, 'canary');
          await signalPrometheus(lab, 'SIGSTOP');
          await lab.siskin.logged(id, /the router's own counters are used/);
        },
      });
      await note(context, view, load);
      expect(view).toMatchObject({
        state: 'rolled_back',
        verdict: { decision: 'rollback', evidence: 'strong' },
      });
      expect(view.verdict?.ticks.at(-1)).toMatchObject({ source: 'router' });
      expect(failedElsewhere(load, 'g')).toBe(0);
    });
  });
});

/** Killed, it is started again within a second; stopped, it is away for as long as the test wants. */
async function signalPrometheus({ siskin }: VerdictLab, signal: NodeJS.Signals): Promise<void> {
  const file = join(siskin.dataDir, 'prometheus', 'prometheus.pid');
  process.kill(
    z.coerce
      .number()
      .int()
      .positive()
      .parse((await readFile(file, 'utf8')).trim()),
    signal,
  );
}

/** An environment whose releases depend on a database that fails 15 % once the canary is there. */
async function startOutage({ onTestFinished }: TestContext, name: string) {
  const database = await startDatabase();
  onTestFinished(() => database.close());
  const environment = await lab.environment(name);
  const xSiskin = { canary: { ...standardCanary, maxBake: '20s' } };
  const dependsOn = database.url;
  const before = await environment.release({ release: `${name}-old`, dependsOn }, 10, { xSiskin });
  expect(before.view.state).toBe('succeeded');
  /** @param whenHeld what is done then */
  const release = (what: string, whenHeld: (environment: LabEnvironment) => Promise<void>) =>
    environment.release({ release: what, dependsOn }, 10, {
      xSiskin,
      meanwhile: async (id) => {
        await lab.siskin.reached(id, 'canary');
        database.failShare = 0.15;
        await lab.siskin.reached(id, 'held');
        const { reason } = await lab.siskin.deployment(id);
        expect(reason).toMatch(/^held: not this release, the old one fails too/);
        await whenHeld(environment);
      },
    });
  return { database, release };
}

/** What the app depends on, on this machine, where its containers reach it. */
async function startDatabase(): Promise<{ url: string; failShare: number; close(): void }> {
  let due = 0;
  const database = { url: '', failShare: 0, close: () => void server.close() };
  const server: Server = createServer((_request, response) => {
    due += database.failShare;
    const bad = due >= 1;
    if (bad) due -= 1;
    response.writeHead(bad ? 500 : 200).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  database.url = `http://${await bridgeAddress()}:${port}/`;
  return database;
}

/**
 * This machine's address on the engine's bridge. The engine tells it only of a bridge that was there before it; one that
 * it made itself has the first address of its subnet.
 */
async function bridgeAddress(): Promise<string> {
  const bridge: unknown = await new Docker().getNetwork('bridge').inspect();
  const [{ Gateway, Subnet }] = bridgeSchema.parse(bridge).IPAM.Config;
  return Gateway ?? Subnet.replace(/\.0\/\d+$/, '.1');
}

const bridgeSchema = z.object({
  IPAM: z.object({
    Config: z.tuple([z.object({ Gateway: z.string().optional(), Subnet: z.string() })]).rest(z.unknown()),
  }),
});
