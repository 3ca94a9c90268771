import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startReceiver, testSecret } from '../../support/github-receiver.ts';
import { signedWebhook } from '../../support/github-webhook.ts';

const require = createRequire(import.meta.url);

/** Real payloads of every event type, collected by Octokit. */
const events = z
  .array(z.object({ name: z.string(), examples: z.array(z.record(z.string(), z.unknown())) }))
  .parse(require('@octokit/webhooks-examples'));

const pushSchema = z.object({
  ref: z.string(),
  deleted: z.boolean(),
  repository: z.object({ clone_url: z.string(), full_name: z.string() }),
});
const pushes = events.find(({ name }) => name === 'push')?.examples ?? [];

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
  receiver = await startReceiver();
});
afterAll(() => receiver.close());

const send = async (url: string, event: string, payload: unknown, form = false) => {
  const response = await fetch(url, signedWebhook(testSecret, payload, { event, form }));
  return { status: response.status, body: (await response.json()) as unknown };
};

it('there are examples of every kind', () => {
  expect(events.length).toBeGreaterThan(50);
  expect(pushes.length).toBeGreaterThan(5);
  expect(events.every(({ examples }) => examples.length > 0)).toBe(true);
});

describe.each(events.map(({ name, examples }) => [name, examples] as const))('%s', (event, examples) => {
  it.each([false, true])('as a form: %s', async (form) => {
    for (const payload of examples) {
      const { status, body } = await send(receiver.url, event, payload, form);
      expect(status).toBe(200);
      if (event === 'ping') expect(body).toEqual({ pong: true });
      else if (event === 'push')
        expect(body).toMatchObject({ ignored: [{ app: null, reason: 'unknown-repository' }] });
      else expect(body).toEqual({ ignored: 'event', event });
    }
  });
});

it('nothing was recorded to be deployed', () => {
  expect(receiver.ledger.recorded.flatMap(({ pushes: recorded }) => recorded)).toEqual([]);
});

describe('push, to a repository and branch that are tracked', () => {
  it.each(pushes.map((payload) => [pushSchema.parse(payload), payload] as const))(
    '%o',
    async (push, payload) => {
      const branch = push.ref.replace(/^refs\/heads\//, '');
      const environments = [{ environment: 'production', branch, forcedPushes: 'allow' as const }];
      const tracking = await startReceiver({
        apps: () => [{ app: 'shop', repository: push.repository.clone_url, environments }],
      });
      const { status, body } = await send(tracking.url, 'push', payload);
      await tracking.close();
      if (push.ref.startsWith('refs/tags/'))
        expect([status, body]).toMatchObject([200, { ignored: [{ reason: 'not-a-branch' }] }]);
      else if (push.deleted)
        expect([status, body]).toMatchObject([200, { ignored: [{ reason: 'branch-deleted' }] }]);
      else expect([status, body]).toMatchObject([202, { deliveries: [{ app: 'shop', deployment: 'd1' }] }]);
    },
  );
});
