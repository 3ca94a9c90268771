import { describe, expect, it } from 'vitest';
import type { Deployment, Release } from '../../../src/domain/deployment.ts';
import type { HookEnd } from '../../../src/domain/hooks.ts';
import type { JournalEntry } from '../../../src/domain/journal.ts';
import { withPostDeploy } from '../../../src/pipeline/hooks/post-deploy.ts';
import { Journal } from '../../../src/pipeline/journal.ts';
import type { Clock, DeploymentStore, Lease } from '../../../src/pipeline/ports.ts';
import { type RunContext, RunStopped } from '../../../src/pipeline/run-context.ts';
import { serviceSpec } from '../../support/specs.ts';

const good: HookEnd = { exitCode: 0, oomKilled: false, timedOut: false, tail: [] };
const clock: Clock = { monotonicMs: () => 0, now: () => new Date(0), sleep: async () => undefined };

const release = {
  release: 2,
  services: [{ image: 'i', spec: { ...serviceSpec(), hooks: { postDeploy: ['warm'], timeoutMs: 1_000 } } }],
} as unknown as Release;

/** A deployment whose hook ends as told, or runs until it is left. */
async function world(end: HookEnd | 'runs on') {
  const entries: JournalEntry[] = [];
  const done: string[] = [];
  const reasons: (string | null | undefined)[] = [];
  const lease = { fence: 1, lost: new AbortController().signal, assertHeld: async () => undefined };
  const stop = new AbortController();
  const store = {
    journal: async () => entries,
    append: async (_lease: Lease, _id: string, more: JournalEntry[]) => void entries.push(...more),
    log: async (_id: string, lines: string[]) => void done.push(...lines),
    update: async (_lease: Lease, _id: string, change: Partial<Deployment>) =>
      void reasons.push(change.reason),
  };
  const journal = await Journal.open(store as unknown as DeploymentStore, lease as Lease, 'd7', clock);
  const context = {
    app: { app: 'shop', environment: 'production' },
    deployment: { id: 'd7', target: { kind: 'branch' } },
    lease,
    journal,
    stop: stop.signal,
    work: new AbortController().signal,
    world: {
      store,
      clock,
      log: { info: () => undefined, warn: () => undefined },
      hooks: {
        run: async (_request: unknown, _line: unknown, signal: AbortSignal) => {
          done.push('run');
          if (end !== 'runs on') return end;
          return new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        },
        remove: async () => void done.push('remove'),
      },
    },
  } as unknown as RunContext;
  const watch = () => journal.append({ type: 'state', state: 'watching' });
  return { context, journal, done, reasons, watch, stop };
}

/** Lets whatever is due happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const succeed = ({ world: { store }, lease }: RunContext) =>
  store.update(lease, 'd7', { state: 'succeeded', reason: 'watched for 2 s' });

describe('postDeploy', () => {
  it('runs when the release serves alone, not before', async () => {
    const one = await world(good);
    await withPostDeploy(one.context, release, async (context) => {
      await settle();
      expect(one.done).toEqual([]);
      expect(context.hookRuns?.()).toBe(true);
      await one.watch();
      expect(context.hookRuns?.()).toBe(true);
      await settle();
      expect(one.done).toContain('run');
      expect(context.hookRuns?.()).toBe(false);
      await succeed(context);
    });
    expect(one.reasons).toEqual(['watched for 2 s']);
  });

  it('that failed is told in the reason of the deployment, which succeeds', async () => {
    const one = await world({ ...good, exitCode: 7, tail: ['warming'] });
    await withPostDeploy(one.context, release, async (context) => {
      await one.watch();
      await settle();
      await succeed(context);
    });
    expect(one.reasons).toEqual(['watched for 2 s; but postDeploy ended with exit code 7: warming']);
    expect(one.done).toContain('postDeploy ended with exit code 7: warming; the release serves all the same');
  });

  it('does not run when the release never served', async () => {
    const one = await world(good);
    await withPostDeploy(one.context, release, async () => {
      await one.journal.append({
        type: 'rollback-began',
        outcome: 'rolled_back',
        reason: 'bad',
        evidence: 'strong',
      });
    });
    expect(one.done).toEqual([]);
  });

  it('is stopped when the release went back in its watch', async () => {
    const one = await world('runs on');
    await withPostDeploy(one.context, release, async () => {
      await one.watch();
      await settle();
      await one.journal.append({
        type: 'rollback-began',
        outcome: 'rolled_back',
        reason: 'bad',
        evidence: 'strong',
      });
    });
    expect(one.done.at(-1)).toBe('remove');
  });

  it('is left to the next worker when this one closes', async () => {
    const one = await world('runs on');
    const run = withPostDeploy(one.context, release, async () => {
      await one.watch();
      await settle();
      one.stop.abort();
      throw new RunStopped();
    });
    await expect(run).rejects.toBeInstanceOf(RunStopped);
    expect(one.done).toContain('run');
    expect(one.done).not.toContain('remove');
  });

  it('is taken up by a worker that finds the release watched', async () => {
    const one = await world(good);
    await one.watch();
    await withPostDeploy(one.context, release, async () => settle().then(() => undefined));
    expect(one.done).toContain('run');
  });

  it('does not run for a release that is gone back to', async () => {
    const one = await world(good);
    const back = {
      ...one.context,
      deployment: { ...one.context.deployment, target: { kind: 'release' as const, release: 2 } },
    };
    await withPostDeploy(back, release, async () => one.watch());
    expect(one.done).toEqual([]);
  });
});
