import type { ChatPostMessageArguments, WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Notice } from '../../domain/notice/notice.ts';
import { delayed, slackCode, wasRefused } from './failure.ts';
import type { SlackMemory } from './memory.ts';
import type { SlackMessage } from './message/message.ts';

/** What is posted, and by what it is known again. */
export interface Posting {
  notice: Notice;
  /** This Siskin: another one may have a deployment of the same name in the same channel. */
  instance: string;
  part: string;
  message: SlackMessage;
  /** In this thread, shown in the channel too when `broadcast`. */
  thread?: { ts: string; broadcast: boolean };
}

export interface PostTools {
  web: WebClient;
  remember: (memory: SlackMemory) => Promise<void>;
  /** Something that a person should know, once. */
  warn: (message: string) => void;
}

const posted = z.object({ channel: z.string(), ts: z.string() });
export const eventType = 'siskin_deployment';

/**
 * Posts a message, but adopts the one that is there when a crash or a lost answer left it open whether it was posted:
 * that it is being posted is remembered before, and it carries metadata by which it is found.
 *
 * @returns where it is; what is remembered is the caller's to complete
 * @throws NoticeDelayed
 */
export async function postOnce(
  posting: Posting,
  memory: SlackMemory,
  tools: PostTools,
): Promise<{ channel: string; ts: string }> {
  if (memory.posting === posting.part) {
    const found = await findPosted(posting, memory, tools);
    if (found !== null) return { channel: memory.channel, ts: found };
  }
  await tools.remember({ ...memory, posting: posting.part });
  try {
    return posted.parse(await tools.web.chat.postMessage(argumentsOf(posting, memory.channel)));
  } catch (error) {
    if (wasRefused(error)) await tools.remember({ ...memory, posting: null });
    throw delayed(error, 'chat.postMessage');
  }
}

export const metadataOf = ({ notice, instance, part }: Pick<Posting, 'notice' | 'instance' | 'part'>) => ({
  event_type: eventType,
  event_payload: { deployment: notice.deployment, instance, part },
});

function argumentsOf(posting: Posting, channel: string): ChatPostMessageArguments {
  const { text, blocks } = posting.message;
  const base = {
    channel,
    text,
    blocks,
    metadata: metadataOf(posting),
    unfurl_links: false,
    unfurl_media: false,
  };
  if (!posting.thread) return base;
  const { ts, broadcast } = posting.thread;
  return broadcast ? { ...base, thread_ts: ts, reply_broadcast: true } : { ...base, thread_ts: ts };
}

const page = z.object({
  messages: z.array(
    z.object({
      ts: z.string(),
      metadata: z
        .object({ event_type: z.string(), event_payload: z.record(z.string(), z.unknown()) })
        .optional(),
    }),
  ),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

/** Pages of 200 that are looked through for a message that was posted lately. */
const mostPages = 5;

async function findPosted(
  posting: Posting,
  memory: SlackMemory,
  { web, warn }: PostTools,
): Promise<string | null> {
  const { thread, notice } = posting;
  const method = thread ? 'conversations.replies' : 'conversations.history';
  // A minute for clocks that differ.
  const oldest = String(Math.floor(Date.parse(notice.createdAt) / 1_000) - 60);
  const where = { channel: memory.channel, include_all_metadata: true, limit: 200, oldest };
  try {
    let cursor: string | undefined;
    for (let pages = 0; pages < mostPages; pages += 1) {
      const args = { ...where, ...(cursor !== undefined && { cursor }), ...(thread && { ts: thread.ts }) };
      const { messages, response_metadata } = page.parse(await web.apiCall(method, args));
      const found = messages.find(({ metadata }) => isOurs(metadata, posting));
      if (found) return found.ts;
      cursor = response_metadata?.next_cursor || undefined;
      if (cursor === undefined) return null;
    }
    return null;
  } catch (error) {
    if (slackCode(error) !== 'missing_scope') throw delayed(error, method);
    warn(withoutScope);
    return null;
  }
}

const withoutScope =
  'whether a message was posted before Siskin stopped, or before Slack stopped answering, cannot be seen without the scope channels:history (groups:history for a private channel): it is posted, perhaps for the second time';

const isOurs = (
  metadata: { event_type: string; event_payload: Record<string, unknown> } | undefined,
  posting: Posting,
): boolean =>
  metadata?.event_type === eventType &&
  metadata.event_payload.deployment === posting.notice.deployment &&
  metadata.event_payload.instance === posting.instance &&
  metadata.event_payload.part === posting.part;
