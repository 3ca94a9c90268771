import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { checkBlocks } from './blocks.ts';
import type { FakeMessage, FakeMetadata, FakeWorkspace } from './workspace.ts';

/** `ok: false` with one of the method's documented codes. */
export class SlackRefusal extends Error {
  readonly code: string;
  readonly more: Record<string, unknown>;
  constructor(code: string, more: Record<string, unknown> = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}

interface Method {
  /** One of these must be granted. */
  scopes: readonly string[];
  /** Which kind of token it takes. */
  token: 'bot' | 'app';
  run(
    args: Record<string, string>,
    fake: FakeWorkspace & { socketUrl?: () => string },
  ): Record<string, unknown>;
}

const json = <T>(schema: z.ZodType<T>) =>
  z.string().transform((text, ctx): T => {
    const parsed = schema.safeParse(JSON.parse(text));
    if (parsed.success) return parsed.data;
    ctx.addIssue({ code: 'custom', message: 'invalid' });
    return z.NEVER;
  });
const metadata = json(
  z.strictObject({
    event_type: z.string().regex(/^[a-z0-9_]+$/),
    event_payload: z.record(z.string(), z.unknown()),
  }),
);
const blocks = z.string().transform((text): KnownBlock[] => {
  const given: KnownBlock[] = JSON.parse(text);
  const wrong = checkBlocks(given);
  if (wrong.length > 0) throw new SlackRefusal('invalid_blocks', { errors: wrong });
  return given;
});
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const ts = z.string().regex(/^\d{10}\.\d{6}$/);

const postArguments = z.strictObject({
  channel: z.string(),
  text: z.string().min(1).max(40_000),
  blocks: blocks.optional(),
  metadata: metadata.optional(),
  thread_ts: ts.optional(),
  reply_broadcast: flag.optional(),
  unfurl_links: flag.optional(),
  unfurl_media: flag.optional(),
});
const updateArguments = z.strictObject({
  channel: z.string(),
  ts,
  text: z.string().min(1).max(40_000),
  blocks: blocks.optional(),
  metadata: metadata.optional(),
});
const historyArguments = z.strictObject({
  channel: z.string(),
  oldest: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(999).prefault('100'),
  cursor: z.string().optional(),
  include_all_metadata: flag.prefault('false'),
});

export const methods: Record<string, Method> = {
  'auth.test': {
    scopes: [],
    token: 'bot',
    run: () => ({
      url: 'https://acme.slack.com/',
      team: 'Acme',
      user: 'siskin',
      team_id: 'T0ACME',
      user_id: 'U0BOT',
      bot_id: 'B0BOT',
    }),
  },
  'apps.connections.open': { scopes: [], token: 'app', run: (_args, fake) => ({ url: fake.socketUrl?.() }) },
  'conversations.info': {
    scopes: ['channels:read', 'groups:read'],
    token: 'bot',
    run: ({ channel = '' }, fake) => {
      const { member, archived } = known(channel, fake);
      return {
        channel: { id: channel, name: channel.toLowerCase(), is_member: member, is_archived: archived },
      };
    },
  },
  'chat.postMessage': { scopes: ['chat:write'], token: 'bot', run: post },
  'chat.update': { scopes: ['chat:write'], token: 'bot', run: update },
  'conversations.history': {
    scopes: ['channels:history', 'groups:history'],
    token: 'bot',
    run: (args, fake) => {
      const read = parse(historyArguments, args);
      joined(read.channel, fake);
      const shown = fake.messages.filter(
        ({ channel, threadTs, broadcast, onlyFor }) =>
          channel === read.channel && onlyFor === null && (threadTs === null || broadcast),
      );
      return pageOf(shown.toReversed(), read);
    },
  },
  'conversations.replies': {
    scopes: ['channels:history', 'groups:history'],
    token: 'bot',
    run: (args, fake) => {
      const read = parse(historyArguments.extend({ ts }), args);
      joined(read.channel, fake);
      const parent = fake.messages.find((one) => one.channel === read.channel && one.ts === read.ts);
      if (!parent) throw new SlackRefusal('thread_not_found');
      return pageOf([parent, ...fake.thread(read.ts)], read);
    },
  },
};

function post(args: Record<string, string>, fake: FakeWorkspace): Record<string, unknown> {
  const read = parse(postArguments, args);
  joined(read.channel, fake);
  if (read.thread_ts !== undefined && !fake.messages.some((one) => one.ts === read.thread_ts))
    throw new SlackRefusal('thread_not_found');
  const added = fake.add({
    channel: read.channel,
    text: read.text,
    blocks: read.blocks ?? [],
    metadata: read.metadata,
    threadTs: read.thread_ts ?? null,
    broadcast: read.reply_broadcast ?? false,
    onlyFor: null,
  });
  return { channel: read.channel, ts: added.ts, message: shownAs(added, true) };
}

function update(args: Record<string, string>, fake: FakeWorkspace): Record<string, unknown> {
  const read = parse(updateArguments, args);
  known(read.channel, fake);
  const message = fake.messages.find((one) => one.channel === read.channel && one.ts === read.ts);
  if (!message) throw new SlackRefusal('message_not_found');
  message.text = read.text;
  // A text without blocks removes them; metadata that is left out stays.
  message.blocks = read.blocks ?? [];
  if (read.metadata) message.metadata = read.metadata;
  message.edits += 1;
  fake.changed();
  return { channel: read.channel, ts: read.ts, text: read.text, message: shownAs(message, true) };
}

function parse<S extends z.ZodType>(schema: S, args: Record<string, string>): z.output<S> {
  const { token: _token, ...rest } = args;
  const result = schema.safeParse(rest);
  if (result.success) return result.data;
  throw new SlackRefusal('invalid_arguments', {
    response_metadata: {
      messages: result.error.issues.map(({ path, message }) => `[ERROR] ${path.join('.')}: ${message}`),
    },
  });
}

function known(channel: string, fake: FakeWorkspace): { member: boolean; archived: boolean } {
  const found = fake.channels.get(channel);
  if (!found) throw new SlackRefusal('channel_not_found');
  return found;
}

function joined(channel: string, fake: FakeWorkspace): void {
  const { member, archived } = known(channel, fake);
  if (!member) throw new SlackRefusal('not_in_channel');
  if (archived) throw new SlackRefusal('is_archived');
}

function pageOf(
  messages: readonly FakeMessage[],
  { oldest = '0', limit, cursor, include_all_metadata }: z.output<typeof historyArguments>,
): Record<string, unknown> {
  const start = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString());
  const recent = messages.filter((one) => Number(one.ts) > Number(oldest));
  const end = start + limit;
  const more = end < recent.length;
  return {
    messages: recent.slice(start, end).map((one) => shownAs(one, include_all_metadata)),
    has_more: more,
    response_metadata: { next_cursor: more ? Buffer.from(String(end)).toString('base64') : '' },
  };
}

const shownAs = (
  { ts: id, text, blocks: own, metadata: data, threadTs }: FakeMessage,
  withMetadata: boolean,
): {
  metadata?: FakeMetadata;
} & Record<string, unknown> => ({
  type: 'message',
  user: 'U0BOT',
  bot_id: 'B0BOT',
  app_id: 'A0SISKIN',
  ts: id,
  text,
  blocks: own,
  ...(threadTs !== null && { thread_ts: threadTs }),
  ...(withMetadata && data && { metadata: data }),
});
