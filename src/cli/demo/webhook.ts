import { createHmac, randomUUID } from 'node:crypto';
import { z } from 'zod';

const answerSchema = z.object({ deliveries: z.array(z.object({ deployment: z.string() })).min(1) });

/**
 * Sends what GitHub sends for a push: a signed event with a fresh delivery id.
 * @returns the deployment that it began
 */
export async function sendPush(
  api: string,
  secret: string,
  repository: string,
  sha: string,
): Promise<string> {
  const body = JSON.stringify(pushEvent(repository, sha));
  const response = await fetch(new URL('/webhooks/github', api), {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': 'push',
      'x-github-delivery': randomUUID(),
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    },
  });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`the push was answered ${response.status}: ${text}`);
  return answerSchema.parse(JSON.parse(text)).deliveries[0]?.deployment ?? '';
}

function pushEvent(repository: string, sha: string) {
  const name = repository.split('/').at(-1);
  return {
    ref: 'refs/heads/release',
    before: '0'.repeat(40),
    after: sha,
    created: false,
    deleted: false,
    forced: false,
    head_commit: { id: sha, message: 'a push of the demo', author: { name: 'you' } },
    repository: {
      full_name: `demo/${name}`,
      clone_url: `https://example.com/demo/${name}.git`,
      ssh_url: `git@example.com:demo/${name}.git`,
      html_url: `https://example.com/demo/${name}`,
    },
    pusher: { name: 'you' },
    sender: { login: 'you' },
  };
}
