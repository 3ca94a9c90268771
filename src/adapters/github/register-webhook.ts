import type { GithubHook } from './answers.ts';
import type { GithubHooks, HookSettings } from './hooks.ts';

export interface RegisteredWebhook {
  outcome: 'created' | 'repaired' | 'confirmed';
  hookId: string;
  /** What was wrong with it; empty unless it was repaired. */
  repaired: string[];
  /** How many more hooks lead to the same address: each push then comes several times, which does no harm. */
  others: number;
}

/**
 * Makes the repository's webhook lead to `url`, signed with `secret`: creates it, or sets right the one that is there.
 * The secret is sent each time, for GitHub never shows it, and drops it from a hook that is changed without it.
 * @throws GithubFailure
 */
export async function registerWebhook(
  hooks: GithubHooks,
  { url, secret }: { url: string; secret: string },
): Promise<RegisteredWebhook> {
  const settings: HookSettings = {
    active: true,
    events: ['push'],
    config: { url, content_type: 'json', secret, insecure_ssl: '0' },
  };
  const [ours, ...others] = hooksOf(await hooks.list(), url);
  if (ours === undefined) {
    const { id } = await hooks.create(settings);
    return { outcome: 'created', hookId: id, repaired: [], others: 0 };
  }
  const repaired = faultsOf(ours);
  await hooks.update(ours.id, settings);
  return {
    outcome: repaired.length > 0 ? 'repaired' : 'confirmed',
    hookId: ours.id,
    repaired,
    others: others.length,
  };
}

/** Those that lead to this address, the oldest first. */
export const hooksOf = (hooks: readonly GithubHook[], url: string): GithubHook[] =>
  hooks
    .filter(({ config }) => config.url !== undefined && samePlace(config.url, url))
    .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));

/** Hosts have no capitals, ports their defaults, and a trailing slash means nothing to the receiver. */
function samePlace(one: string, other: string): boolean {
  if (!URL.canParse(one)) return false;
  const plain = (text: string) => {
    const { origin, pathname, search } = new URL(text);
    return `${origin}${pathname.replace(/\/+$/, '')}${search}`;
  };
  return plain(one) === plain(other);
}

/** What keeps the hook from doing its work, each as a few words. */
export function faultsOf({ active, events, config }: GithubHook): string[] {
  const ssl = String(config.insecure_ssl ?? '0');
  return [
    ...(active ? [] : ['it was disabled']),
    ...(events.includes('push') || events.includes('*') ? [] : ['it had no push event']),
    ...(config.content_type === 'json' ? [] : [`its content type was ${config.content_type ?? 'form'}`]),
    ...(config.secret === undefined || config.secret === '' ? ['it had no secret'] : []),
    ...(ssl === '0' ? [] : ['certificates were not verified']),
  ];
}
