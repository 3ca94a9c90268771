import { expect, it } from 'vitest';
import type { PushDecision, PushEvent } from '../../../src/domain/push-policy.ts';
import { headsLeftAlone } from '../../../src/domain/reconcile/left-alone.ts';

const event = { ref: 'refs/heads/a/b', after: 'a'.repeat(40) } as PushEvent;
const ignored = (reason: Extract<PushDecision, { kind: 'ignore' }>['reason'], app: string | null = 'shop') =>
  ({ kind: 'ignore', app, environment: app && 'test', reason, detail: '' }) as const;

it.each(['skip-requested', 'forced-push-refused'] as const)('%s: the head is left alone', (reason) => {
  const head = { app: 'shop', environment: 'test', branch: 'a/b', sha: event.after, reason };
  expect(headsLeftAlone(event, [ignored(reason)])).toEqual([head]);
});

it('what is not about the head of the tracked branch is not remembered', () => {
  const others = [ignored('other-branch'), ignored('branch-deleted'), ignored('unknown-repository', null)];
  expect(headsLeftAlone(event, others)).toEqual([]);
});
