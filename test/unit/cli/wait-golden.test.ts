import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DeploymentEvent } from '../../../src/cli/client/deployment-events.ts';
import { frame, type LiveSubject } from '../../../src/cli/live/frame.ts';
import { advanceLive, freshProgress } from '../../../src/cli/live/progress.ts';
import { goldenFiles } from '../../support/config-golden.ts';

const files = goldenFiles(new URL('../../golden/cli/wait/', import.meta.url).pathname);
const began = Date.parse('2026-01-01T00:00:00.000Z');

const subjectSchema = z.object({
  id: z.string(),
  app: z.string(),
  environment: z.string(),
  title: z.string().nullable(),
  release: z.string().nullable(),
  baseline: z.string().nullable(),
});

/**
 * The first line of a golden file is the deployment, the others are the events that a real Siskin sent, as
 * `siskin logs --json` printed them; `frame +300` draws what is seen 300 ms after the last of them.
 */
function drawn(input: string, space = { color: false, columns: 72 }): string[][] {
  const [head = '', ...lines] = input.trim().split('\n');
  const subject: LiveSubject = subjectSchema.parse(JSON.parse(head));
  let progress = freshProgress;
  let at = began;
  const frames: string[][] = [];
  for (const line of lines) {
    const [, ms] = /^frame \+(\d+)$/.exec(line) ?? [];
    if (ms !== undefined) {
      frames.push(frame(space, subject, progress, at + Number(ms)));
      continue;
    }
    const event = JSON.parse(line) as DeploymentEvent;
    if (event.kind === 'journal') at = Date.parse(event.at);
    progress = advanceLive(progress, event);
  }
  return frames;
}

describe('waiting for a deployment on a terminal', () => {
  it('has a golden file for each way it can go', () => {
    expect(files.map(({ name }) => name)).toEqual(['failed-build', 'good', 'rolled-back']);
  });

  it.each(files)('$name', async (file) => {
    const text = drawn(file.input)
      .map((lines) => lines.join('\n'))
      .join('\n\n');
    await expect(file.expect(text)).toMatchFileSnapshot(file.path);
  });

  it.each([24, 40, 72, 100])('keeps to %i columns', (columns) => {
    for (const { input } of files) {
      for (const line of drawn(input, { color: true, columns }).flat()) {
        expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('shows the same with colours', () => {
    for (const { input } of files) {
      const colored = drawn(input, { color: true, columns: 72 }).flat();
      expect(colored.map(stripVTControlCharacters)).toEqual(drawn(input).flat());
      expect(colored.join('')).toContain('\u001b[');
    }
  });

  it('threat 23: what comes from the commit, the build and a newer server is neutral', () => {
    const hostile = 'a\u001b[2J\u009b31m\u202e\nb';
    const events = [
      { kind: 'journal', t: 0, at: '2026-01-01T00:00:00Z', event: { type: 'state', state: hostile } },
      { kind: 'journal', t: 0, at: '2026-01-01T00:00:00Z', event: { type: hostile } },
      { kind: 'journal', t: 0, at: '2026-01-01T00:00:00Z', event: { type: 'state', state: 'building' } },
      { kind: 'log', line: hostile },
    ];
    const subject = {
      id: 'd1',
      app: hostile,
      environment: hostile,
      title: hostile,
      release: null,
      baseline: null,
    };
    const text = drawn(
      [subject, ...events]
        .map((one, index) => JSON.stringify(one) + (index > 0 ? '\nframe +0' : ''))
        .join('\n'),
      { color: false, columns: 200 },
    );
    expect(text.flat().join('')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(text.flat().join('')).toContain('│ a\\u001b[2J');
  });

  it('a deployment taken up again after unfreezing counts anew', () => {
    const tick = { type: 'tick', nc: 5, ec: 1, nb: 9, eb: 0, measures: { u: 2, v: 2, d: 0.1 } };
    const entry = (event: { type: string }, t: number): DeploymentEvent => ({
      kind: 'journal',
      t,
      at: '2026-01-01T00:00:00Z',
      event,
    });
    const before = [entry({ type: 'state', state: 'canary' } as { type: string }, 0), entry(tick, 1)].reduce(
      advanceLive,
      freshProgress,
    );
    expect(before.counts).toEqual({ requests: 5, failed: 1, baselineRequests: 9, baselineFailed: 0 });
    expect(advanceLive(before, entry({ type: 'observation-began' }, 2)).counts).toBeNull();
    const hostileTick = { type: 'tick', nc: 'x' } as { type: string };
    expect(advanceLive(before, entry(hostileTick, 3)).counts).toEqual(before.counts);
  });
});
