import { type AcceptedPush, decidePush, type IgnoredPush } from '../domain/push-policy.ts';
import { headsLeftAlone } from '../domain/reconcile/left-alone.ts';
import type { PushRecord } from '../pipeline/ports.ts';
import type { Push } from './parse-delivery.ts';
import type { GithubWebhookDependencies, WebhookAnswer } from './ports.ts';

/**
 * Decides about a push and records it; what is ignored is recorded too, with its reason, in the audit log.
 * @throws SiskinError STORE_UNAVAILABLE
 */
export async function recordPush(
  delivery: string,
  { event, pusher }: Push,
  from: string | null,
  { apps, ledger, log }: Pick<GithubWebhookDependencies, 'apps' | 'ledger' | 'log'>,
): Promise<WebhookAnswer> {
  const decisions = decidePush(event, apps());
  const accepted = decisions.filter((one) => one.kind === 'accept');
  const ignored = decisions.filter((one) => one.kind === 'ignore').map(ignoredView);
  const actor = { kind: 'github' as const, name: pusher };
  const audit = { actor, from, action: 'push', detail: auditDetail(delivery, event, accepted, ignored) };
  const record = await ledger.record(
    delivery,
    accepted.map((one) => pushRecord(delivery, one, pusher)),
    audit,
    headsLeftAlone(event, decisions),
  );

  const summary = {
    delivery,
    ref: event.ref.slice(0, 255),
    repository: event.repository.fullName.slice(0, 255),
  };
  if (record.duplicate) {
    log.info(summary, 'a delivery came again');
    return { status: 200, body: { ignored: 'duplicate', deliveries: record.deployments } };
  }
  log.info({ ...summary, accepted: accepted.length, ignored: ignored.length }, 'a push was recorded');
  if (accepted.length === 0) return { status: 200, body: { ignored } };
  return { status: 202, body: { deliveries: record.deployments, ignored } };
}

type IgnoredView = Omit<IgnoredPush, 'kind'>;

const ignoredView = ({ app, environment, reason, detail }: IgnoredPush): IgnoredView => ({
  app,
  environment,
  reason,
  detail,
});

const pushRecord = (
  delivery: string,
  { kind: _kind, ...push }: AcceptedPush,
  pusher: string,
): PushRecord => ({
  ...push,
  delivery,
  actor: { kind: 'github', name: pusher },
});

const auditDetail = (
  delivery: string,
  event: Push['event'],
  accepted: AcceptedPush[],
  ignored: IgnoredView[],
): string =>
  JSON.stringify({
    delivery,
    repository: event.repository.fullName.slice(0, 255),
    ref: event.ref.slice(0, 255),
    after: event.after.slice(0, 64),
    accepted: accepted.map(({ app, environment }) => `${app}/${environment}`),
    ignored: ignored.map(({ app, environment, reason }) => `${app ?? '-'}/${environment ?? '-'}: ${reason}`),
  });
