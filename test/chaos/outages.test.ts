import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppRepository,
  commitVariant,
  composeText,
  createAppRepository,
} from '../support/app-repository.ts';
import { childOf, kill, processesNaming, replacedChild } from '../support/chaos-children.ts';
import { standing } from '../support/chaos-rollouts.ts';
import { beginChaos, type Chaos } from '../support/chaos-run.ts';
import { ChaosSiskin, hostOf } from '../support/chaos-siskin.ts';
import { type LoadResult, servingRelease, startLoad } from '../support/load.ts';
import type { DeploymentView } from '../support/siskin.ts';

const environment = 'production';
const clockStep = pathToFileURL(join(import.meta.dirname, '..', 'support', 'chaos-clock-step.mjs')).href;
const hourMs = 3_600_000;

let repository: AppRepository;
let siskin: ChaosSiskin;
const docker = new Docker();

describe('outages in mid-rollout', () => {
  beforeAll(async () => {
    repository = await createAppRepository();
    const env = { NODE_OPTIONS: `--import ${clockStep}` };
    siskin = await ChaosSiskin.start({ repository: repository.path, environments: [environment], env });
    const { view } = await rollOut('first', '/', async () => undefined);
    expect(view, await siskin.lastLines()).toMatchObject({ state: 'succeeded' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
  });

  it('HAProxy killed in the canary: it comes back with its servers, and the release is finished', async () => {
    const chaos = beginChaos('haproxy-killed');
    let downMs = 0;
    const { view, load } = await rollOut('haproxy', '/', async (id) => {
      await reached(id, 'canary');
      const died = performance.now();
      await killHaproxy();
      while ((await servingRelease(siskin.router, hostOf(environment)).catch(() => null)) === null);
      downMs = Math.round(performance.now() - died);
    });
    chaos.print({ downMs, ...figures(load), reason: view.reason });
    expect(view).toMatchObject({ state: 'succeeded' });
    // Nothing but the outage itself: what failed had no answer, or the answer that there is no replica.
    expect(load.errors.filter(({ status }) => ![0, 503].includes(status))).toEqual([]);
    await expectWhole('haproxy');
  });

  it.each(['the new release', 'the old release'] as const)(
    'a replica of %s removed by docker rm -f: the right end, three replicas, and the reason named',
    async (which) => {
      const chaos = beginChaos(`docker-rm, ${which}`);
      const before = await servingRelease(siskin.router, hostOf(environment));
      const name = `removed-${which.split(' ')[1]}`;
      const { view, load } = await rollOut(name, '/', async (id) => {
        await noted(id, 'its first replica has traffic', ({ type }) => type === 'replica-attached');
        const { release } = await siskin.deployment(id);
        await removeReplica(chaos, (label) => (label === release) === (which === 'the new release'));
      });
      chaos.print({ ...figures(load), state: view.state, reason: view.reason });
      expect(['succeeded', 'rolled_back']).toContain(view.state);
      expect(view.reason).toMatch(view.state === 'succeeded' ? /./ : /replica|container|gone|r\d+-\d/);
      await expectWhole(view.state === 'succeeded' ? name : (before ?? ''));
    },
  );

  it('threat 29: the clock jumps an hour forward in one rollout and two back in the next: both end right, in their own time', async () => {
    const chaos = beginChaos('clock-stepped');
    for (const name of ['forward', 'back']) {
      const began = performance.now();
      const { view, load } = await rollOut(name, '/', async (id) => {
        await reached(id, 'canary');
        siskin.part('up').signal('SIGUSR2');
      });
      const tookMs = Math.round(performance.now() - began);
      const byItsWallClock = Date.parse(view.finishedAt ?? '') - Date.parse(view.createdAt);
      chaos.print({ step: name, tookMs, ...figures(load), byItsWallClockMs: byItsWallClock });
      expect(view, await siskin.lastLines()).toMatchObject({ state: 'succeeded' });
      expect(load.errors).toEqual([]);
      expect(Math.abs(byItsWallClock)).toBeGreaterThan(hourMs / 2);
      await expectWhole(name);
    }
  });
});

async function rollOut(
  release: string,
  path: string,
  meanwhile: (deployment: string) => Promise<void>,
): Promise<{ view: DeploymentView; load: LoadResult }> {
  const load = startLoad({
    origin: siskin.router,
    host: hostOf(environment),
    ratePerSecond: 100,
    requests: [path],
  });
  const compose = await composeText({});
  const sha = await commitVariant(repository, { release }, { branch: environment, compose });
  const { deployments } = await siskin.push(sha, { branch: environment });
  const id = deployments[environment] ?? '';
  await meanwhile(id);
  const view = await siskin.ended(id);
  return { view, load: await load.stop() };
}

/** Resolves when the deployment is, or has been, in this state. */
const reached = (id: string, state: string): Promise<void> =>
  noted(id, state, (event) => event.type === 'state' && event.state === state);

/** Resolves when such an event stands in the deployment's journal. */
async function noted(
  id: string,
  what: string,
  isIt: (event: { type: string; [field: string]: unknown }) => boolean,
): Promise<void> {
  for await (const event of siskin.events(id)) if (event.kind === 'journal' && isIt(event.event)) return;
  throw new Error(`${id} ended before ${what}:\n${await siskin.lastLines()}`);
}

/** Master and workers at once, as a power cut of the router would; resolves when Siskin has started it again. */
async function killHaproxy(): Promise<void> {
  const master = await childOf(siskin.dataDir, 'haproxy');
  const all = await processesNaming(siskin.dataDir);
  for (const { pid } of all.filter(({ command }) => /^\S*haproxy /.test(command))) kill(pid, 'SIGKILL');
  await replacedChild(siskin.dataDir, 'haproxy', master);
}

/** @param wanted tells by its release number */
async function removeReplica(chaos: Chaos, wanted: (release: string) => boolean): Promise<void> {
  const containers = await docker.listContainers({ filters: { label: [`siskin.app=${siskin.app}`] } });
  const [one] = chaos.shuffled(containers.filter(({ Labels }) => wanted(Labels['siskin.release'] ?? '')));
  if (!one) throw new Error('there is no such replica');
  await docker.getContainer(one.Id).remove({ force: true });
}

async function expectWhole(release: string): Promise<void> {
  expect(await servingRelease(siskin.router, hostOf(environment))).toBe(release);
  expect(await standing(siskin)).toEqual({ running: 3, others: [], networks: 1, servers: [3], idle: [] });
}

const figures = ({ requests, failed, errors }: LoadResult) => ({
  requests,
  failed,
  failedForMs: (errors.at(-1)?.atMs ?? 0) - (errors[0]?.atMs ?? 0),
  errors: [...new Set(errors.map(({ error }) => error))],
});
