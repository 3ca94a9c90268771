import { describe, expect, it } from 'vitest';
import type { DeploymentEvent } from '../../../src/cli/client/deployment-events.ts';
import { foldTicks } from '../../../src/cli/view/fold-ticks.ts';

const journal = (seconds: number, event: { type: string } & Record<string, unknown>): DeploymentEvent => ({
  kind: 'journal',
  t: seconds * 1_000,
  at: '2026-01-01T00:00:00.000Z',
  event,
});
const tick = (seconds: number, nc: number, ec = 0, service?: string) =>
  journal(seconds, { type: 'tick', nc, ec, nb: 0, eb: 0, ...(service && { service }) });
const state = (seconds: number, name: string) => journal(seconds, { type: 'state', state: name });

async function* each(events: readonly DeploymentEvent[]) {
  yield* events;
}
/** `SECONDS: what`, of what comes out. */
async function shown(...events: DeploymentEvent[]): Promise<string[]> {
  const lines: string[] = [];
  for await (const one of foldTicks(each(events))) {
    if (one.kind !== 'journal') lines.push(one.kind);
    else {
      const { type, nc, ec, service = '', state: name } = one.event;
      const what = type === 'tick' ? `${String(service)} ${String(nc)}/${String(ec)}`.trim() : String(name);
      lines.push(`${one.t / 1_000}: ${what}`);
    }
  }
  return lines;
}

describe('the counts of a deployment, line by line', () => {
  it('of the canary are each shown', async () => {
    expect(await shown(state(0, 'canary'), tick(1, 5), tick(2, 6))).toEqual([
      '0: canary',
      '1: 5/0',
      '2: 6/0',
    ]);
  });

  it('of the watch are added up to ten seconds, and what is left at the end', async () => {
    const ticks = Array.from({ length: 25 }, (_, second) => tick(second + 1, 2));
    expect(await shown(state(0, 'watching'), ...ticks)).toEqual([
      '0: watching',
      '10: 20/0',
      '20: 20/0',
      '25: 10/0',
    ]);
  });

  it('of a journal that was shortened are as they are', async () => {
    const ticks = [tick(10, 20), tick(20, 20), tick(30, 20)];
    expect(await shown(state(0, 'watching'), ...ticks)).toEqual([
      '0: watching',
      ...['10: 20/0', '20: 20/0', '30: 20/0'],
    ]);
  });

  it('are shown at once when something failed, with what came before it', async () => {
    expect(await shown(state(0, 'watching'), tick(1, 5), tick(2, 5, 1), tick(3, 5))).toEqual([
      '0: watching',
      '2: 10/1',
      '3: 5/0',
    ]);
  });

  it('come before whatever else happens, each service for itself', async () => {
    const two = [tick(1, 5, 0, 'web'), tick(1, 7, 0, 'api'), tick(2, 5, 0, 'web')];
    const end: DeploymentEvent = { kind: 'end', state: 'succeeded', reason: null };
    expect(await shown(state(0, 'watching'), ...two, state(3, 'succeeded'), end)).toEqual([
      '0: watching',
      '1: api 7/0',
      '2: web 10/0',
      '3: succeeded',
      'end',
    ]);
  });
});
