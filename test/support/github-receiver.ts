import { randomUUID } from 'node:crypto';
import { createHttpApp, listen } from '../../src/api/server.ts';
import type { EnvironmentKey } from '../../src/domain/names.ts';
import type { IgnoredHead } from '../../src/domain/reconcile/missed-head.ts';
import { githubWebhook } from '../../src/intake/github-webhook.ts';
import type { DeliveryAudit, GithubWebhookDependencies, PushLedger } from '../../src/intake/ports.ts';
import type { PushRecord } from '../../src/pipeline/ports.ts';

type Ignored = readonly (EnvironmentKey & IgnoredHead)[];

/** A ledger in memory, with what was recorded. */
export class MemoryLedger implements PushLedger {
  readonly recorded: { delivery: string; pushes: PushRecord[]; audit: DeliveryAudit; ignored: Ignored }[] =
    [];
  failure: Error | undefined;

  record(delivery: string, pushes: PushRecord[], audit: DeliveryAudit, ignored: Ignored) {
    if (this.failure) return Promise.reject(this.failure);
    const duplicate = this.recorded.some((one) => one.delivery === delivery && one.pushes.length > 0);
    if (!duplicate) this.recorded.push({ delivery, pushes, audit, ignored });
    const deployments = pushes.map(({ app, environment }, at) => ({
      app,
      environment,
      deployment: `d${at + 1}`,
      superseded: null,
    }));
    return Promise.resolve({ duplicate, deployments });
  }
}

export const testSecret = `test-secret-${randomUUID()}`;

/** The receiver over HTTP, with two apps of one repository among others. */
export async function startReceiver(
  change: Partial<GithubWebhookDependencies> = {},
  requestTimeoutMs = 10_000,
) {
  const ledger = new MemoryLedger();
  const lines: string[] = [];
  const answers: number[] = [];
  const line = (fields: Record<string, unknown>, message: string) => {
    lines.push(JSON.stringify({ ...fields, message }));
  };
  const router = githubWebhook({
    secrets: [testSecret],
    apps: () => [
      {
        app: 'shop',
        repository: 'git@github.com:acme/shop.git',
        environments: [
          { environment: 'production', branch: 'release', forcedPushes: 'refuse' },
          { environment: 'test', branch: 'test', forcedPushes: 'allow' },
        ],
      },
      {
        app: 'shop-api',
        repository: 'https://github.com/acme/shop',
        environments: [{ environment: 'production', branch: 'release', forcedPushes: 'allow' }],
      },
    ],
    ledger,
    log: { info: line, warn: line, error: line },
    countAnswer: (status) => answers.push(status),
    ...change,
  });
  const listening = await listen(createHttpApp({ routers: [router] }), '127.0.0.1:0', requestTimeoutMs);
  const url = `${listening.url}/webhooks/github`;
  return { url, port: Number(new URL(url).port), ledger, lines, answers, close: () => listening.close(0) };
}
