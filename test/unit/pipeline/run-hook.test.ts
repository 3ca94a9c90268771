import { describe, expect, it } from 'vitest';
import type { Release } from '../../../src/domain/deployment.ts';
import { SiskinError } from '../../../src/domain/errors/siskin-error.ts';
import type { HookEnd } from '../../../src/domain/hooks.ts';
import type { JournalEvent } from '../../../src/domain/journal.ts';
import type { ServiceRelease } from '../../../src/domain/release.ts';
import type { HookRequest } from '../../../src/pipeline/hooks/ports.ts';
import { preDeploy } from '../../../src/pipeline/hooks/pre-deploy.ts';
import { runHook } from '../../../src/pipeline/hooks/run-hook.ts';
import type { RunContext } from '../../../src/pipeline/run-context.ts';
import { serviceSpec } from '../../support/specs.ts';

const step = 'Hook preDeploy of web r2';
const good: HookEnd = { exitCode: 0, oomKilled: false, timedOut: false, tail: [] };
const bad: HookEnd = { ...good, exitCode: 3, tail: ['no such column'] };
const release = {
  release: 2,
  specHash: 'abc',
  image: 'siskin/shop-production:r2',
  imageId: 'sha256:2',
  spec: { ...serviceSpec(), hooks: { preDeploy: ['node', 'migrate.js'], timeoutMs: 60_000 } },
} as unknown as ServiceRelease;
/** Of two services, the other without hooks. */
const whole = {
  ...release,
  services: [{ spec: serviceSpec(), image: 'i', imageId: 'sha256:1' }, release],
} as unknown as Release;

/** A worker that takes up a deployment with this journal, 100 s after it began. */
function world(past: { t: number; event: JournalEvent }[], end: HookEnd | Error, target = 'branch') {
  const journal: JournalEvent[] = [];
  const done: string[] = [];
  const requests: HookRequest[] = [];
  const context = {
    app: { app: 'shop', environment: 'production' },
    deployment: { id: 'd7', target: { kind: target } },
    lease: { fence: 1, assertHeld: async () => undefined },
    work: new AbortController().signal,
    journal: {
      clock: { t: () => 100_000 },
      append: async (event: JournalEvent) => {
        journal.push(event);
        done.push(event.type);
      },
    },
    world: {
      clock: { monotonicMs: () => 0, sleep: async () => undefined },
      secrets: {},
      store: { journal: async () => past, log: async () => undefined },
      hooks: {
        run: async (request: HookRequest) => {
          requests.push(request);
          done.push('run');
          if (end instanceof Error) throw end;
          return end;
        },
        remove: async () => void done.push('remove'),
      },
    },
  } as unknown as RunContext;
  return { context, journal, done, requests };
}

const run = ({ context }: ReturnType<typeof world>) => runHook(context, release, 'preDeploy', context.work);

describe('a hook of a deployment', () => {
  it('is noted before it begins, and its end before its container goes', async () => {
    const one = world([], good);
    expect(await run(one)).toBeNull();
    expect(one.done).toEqual(['step-began', 'run', 'step-ended', 'remove']);
    expect(one.requests).toMatchObject([
      { command: ['node', 'migrate.js'], image: 'sha256:2', deployment: 'd7', timeLeftMs: 60_000 },
    ]);
  });

  it('that a worker before this one had begun has the time that is left', async () => {
    const one = world([{ t: 70_000, event: { type: 'step-began', step } }], good);
    await run(one);
    expect(one.done).toEqual(['run', 'step-ended', 'remove']);
    expect(one.requests).toMatchObject([{ timeLeftMs: 30_000 }]);
  });

  it.each([
    [{ type: 'step-ended', step, outcome: 'ok' }, null],
    [{ type: 'step-ended', step, outcome: 'failed', detail: 'it said no' }, 'it said no'],
  ] as const)('whose end is noted is not run again: %j', async (event, failure) => {
    const one = world(
      [
        { t: 1, event: { type: 'step-began', step } },
        { t: 2, event },
      ],
      good,
    );
    expect(await run(one)).toBe(failure);
    expect(one.done).toEqual(['remove']);
  });

  it('that another release of this deployment had is run for this one', async () => {
    const other = 'Hook preDeploy of web r1';
    const one = world([{ t: 2, event: { type: 'step-ended', step: other, outcome: 'ok' } }], good);
    await run(one);
    expect(one.done).toContain('run');
  });

  it('that the engine refuses has failed; that the engine does not answer has not', async () => {
    const refused = world([], new SiskinError('HOOK_REFUSED', 'no such image'));
    expect(await run(refused)).toBe('no such image');
    expect(refused.journal.at(-1)).toMatchObject({ outcome: 'failed', detail: 'no such image' });
    const lost = world([], new SiskinError('LEASE_LOST', 'lost'));
    await expect(run(lost)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(lost.done).toEqual(['step-began', 'run']);
  });

  it('before the rollout fails the deployment with exit code and last lines', async () => {
    await expect(preDeploy(world([], bad).context, whole)).rejects.toMatchObject({
      code: 'HOOK_FAILED',
      message: 'preDeploy ended with exit code 3: no such column; no traffic moved',
    });
  });

  it('is not run for a release that is gone back to', async () => {
    const one = world([], bad, 'release');
    await preDeploy(one.context, whole);
    expect(one.done).toEqual([]);
  });
});
