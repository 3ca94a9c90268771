import { randomUUID } from 'node:crypto';
import { signatureOf } from '../github-webhook.ts';
import type { FakeDelivery, FakeHook, FakeRepository } from './state.ts';

let lastId = 2n ** 53n;

/** GitHub gives up after ten seconds; the fake after `timeoutMs`. */
const timeoutMs = 10_000;

/** Sends an event to every active hook that wants it. @returns the deliveries, with what was answered */
export function deliverEvent(
  repository: FakeRepository,
  event: string,
  payload: unknown,
): Promise<FakeDelivery[]> {
  const hooks = repository.hooks.filter(
    ({ active, events }) => active && (events.includes(event) || events.includes('*')),
  );
  return Promise.all(hooks.map((hook) => deliver(hook, event, JSON.stringify(payload), randomUUID(), false)));
}

/** A hook gets pings whatever its events are. */
export const ping = (repository: FakeRepository, hook: FakeHook): Promise<FakeDelivery> => {
  const payload = { zen: 'Keep it logically awesome.', hook_id: hook.id, hook: { events: hook.events } };
  const named = { ...payload, repository: { full_name: repository.name } };
  return deliver(hook, 'ping', JSON.stringify(named), randomUUID(), false);
};

/** The same event again: same GUID, same body, signed with the hook's secret of now. */
export const redeliver = (hook: FakeHook, { event, request, guid }: FakeDelivery): Promise<FakeDelivery> =>
  deliver(hook, event, request.payload, guid, true);

async function deliver(
  hook: FakeHook,
  event: string,
  payload: string,
  guid: string,
  redelivery: boolean,
): Promise<FakeDelivery> {
  const { url, secret, content_type: type } = hook.config;
  const body = type === 'json' ? payload : new URLSearchParams({ payload }).toString();
  const headers: Record<string, string> = {
    'Content-Type': type === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
    'User-Agent': 'GitHub-Hookshot/fake',
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': event,
    'X-GitHub-Hook-ID': String(hook.id),
    ...(secret !== undefined && { 'X-Hub-Signature-256': signatureOf(secret, body) }),
  };
  const began = performance.now();
  const answer = await post(url, headers, body);
  lastId += 1n;
  const delivery: FakeDelivery = {
    id: lastId,
    guid,
    deliveredAt: new Date().toISOString(),
    redelivery,
    duration: (performance.now() - began) / 1000,
    event,
    request: { headers, payload },
    ...answer,
  };
  hook.deliveries.push(delivery);
  return delivery;
}

async function post(
  url: string,
  headers: Record<string, string>,
  body: string,
): Promise<Pick<FakeDelivery, 'status' | 'statusCode' | 'response'>> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
    return {
      status: response.ok ? 'OK' : `Invalid HTTP Response: ${response.status}`,
      statusCode: response.status,
      response: { headers: Object.fromEntries(response.headers), payload: await response.text() },
    };
  } catch (error) {
    const status = error instanceof DOMException ? 'timed out' : 'failed to connect to host';
    return { status, statusCode: 0, response: { headers: {}, payload: '' } };
  }
}
