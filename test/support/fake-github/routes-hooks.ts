import { z } from 'zod';
import type { Call } from './call.ts';
import { ping, redeliver } from './deliver.ts';
import { deliveryDetailShape, deliveryShape, hookShape } from './shapes.ts';
import { type FakeAnswer, type FakeHook, invalid, notFound } from './state.ts';

const config = z.object({
  url: z.string(),
  content_type: z.string().default('form'),
  insecure_ssl: z.union([z.string(), z.number()]).default('0').transform(String),
  secret: z.string().optional(),
});
const newHook = z.object({
  name: z.literal('web').default('web'),
  active: z.boolean().default(true),
  events: z.array(z.string()).default(['push']),
  config,
});

export const listHooks = ({ repository, repositoryUrl }: Call): FakeAnswer => ({
  status: 200,
  body: repository.hooks.map((hook) => hookShape(hook, repositoryUrl)),
});

/** Sends a ping afterwards, as GitHub does. */
export function createHook({ repository, body, repositoryUrl, nextId, later }: Call): FakeAnswer {
  const wanted = newHook.parse(body);
  if (!URL.canParse(wanted.config.url)) return invalid('Hook', 'url', 'url is not a valid URL');
  const same = ({ config: { url }, events }: FakeHook) =>
    url === wanted.config.url && events.join() === wanted.events.join();
  if (repository.hooks.some(same)) return invalid('Hook', 'base', 'Hook already exists on this repository');
  const { active, events } = wanted;
  const hook = hookOf(nextId(), active, events, wanted.config);
  repository.hooks.push(hook);
  later(() => ping(repository, hook));
  return { status: 201, body: hookShape(hook, repositoryUrl) };
}

const changedHook = z.object({
  active: z.boolean().optional(),
  events: z.array(z.string()).optional(),
  config: config.partial({ url: true }).optional(),
});

/** A `config` replaces the whole of it: a secret that is left out is gone. */
export function updateHook({ repository, params, body, repositoryUrl }: Call): FakeAnswer {
  const hook = find(repository.hooks, params.hook_id);
  if (!hook) return notFound;
  const change = changedHook.parse(body);
  hook.active = change.active ?? hook.active;
  hook.events = change.events ?? hook.events;
  if (change.config)
    hook.config = hookOf(0, true, [], { ...change.config, url: change.config.url ?? hook.config.url }).config;
  return { status: 200, body: hookShape(hook, repositoryUrl) };
}

export function pingHook({ repository, params, later }: Call): FakeAnswer {
  const hook = find(repository.hooks, params.hook_id);
  if (!hook) return notFound;
  later(() => ping(repository, hook));
  return { status: 204 };
}

export function listDeliveries({ repository, params, query }: Call): FakeAnswer {
  const hook = find(repository.hooks, params.hook_id);
  if (!hook) return notFound;
  const limit = Math.min(100, Number(query.get('per_page') ?? 30));
  return { status: 200, body: hook.deliveries.toReversed().slice(0, limit).map(deliveryShape) };
}

export function getDelivery({ repository, params, repositoryUrl }: Call): FakeAnswer {
  const { delivery, hook } = delivered(repository.hooks, params);
  if (!delivery || !hook) return notFound;
  const url = `${repositoryUrl}/hooks/${hook.id}/deliveries/${delivery.id}`;
  return { status: 200, body: deliveryDetailShape(delivery, url) };
}

export function redeliverDelivery({ repository, params, later }: Call): FakeAnswer {
  const { delivery, hook } = delivered(repository.hooks, params);
  if (!delivery || !hook) return notFound;
  later(() => redeliver(hook, delivery));
  return { status: 202, body: {} };
}

function delivered(hooks: FakeHook[], params: Record<string, string>) {
  const hook = find(hooks, params.hook_id);
  return { hook, delivery: hook?.deliveries.find(({ id }) => String(id) === params.delivery_id) };
}

const find = (hooks: FakeHook[], id: string | undefined) => hooks.find((hook) => String(hook.id) === id);

function hookOf(id: number, active: boolean, events: string[], its: z.infer<typeof config>): FakeHook {
  const { secret, ...rest } = its;
  return {
    id,
    active,
    events,
    config: { ...rest, ...(secret !== undefined && secret !== '' && { secret }) },
    createdAt: new Date().toISOString(),
    deliveries: [],
  };
}
