import { createHash } from 'node:crypto';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import type { Texts } from '../../domain/texts/texts.ts';
import type { DeliveryTools, NoticeChannel } from '../../pipeline/notify/ports.ts';
import { type SlackAccess, slackClient } from './client.ts';
import { delayed, slackCode } from './failure.ts';
import { messagePart, readMemory, type SlackMemory } from './memory.ts';
import { detailsMessage } from './message/details.ts';
import { deploymentMessage, type SlackMessage } from './message/message.ts';
import { metadataOf, type PostTools, postOnce } from './post-once.ts';
import { duePart, type SlackSettings, worthTelling } from './worth-telling.ts';

export interface SlackChannelOptions extends SlackAccess {
  settings: (key: EnvironmentKey) => SlackSettings;
  texts: Texts;
  /** Whether somebody hears what is pressed. */
  withButtons: boolean;
  /** Names this Siskin for as long as its records last. */
  instance: () => Promise<string>;
  /** Something that a person should know; each sentence comes once. */
  warn: (message: string) => void;
}

/** One message per deployment, edited as it goes, with the details in its thread. */
export class SlackChannel implements NoticeChannel {
  readonly name = 'slack';
  /** Slack wants about one message per second and channel, and allows some 50 edits a minute. */
  readonly pauseMs = 2_500;
  /** What is counted while nothing else happens is no news: an edit every ten seconds shows that it goes on. */
  readonly calmPauseMs = 10_000;
  readonly #options: SlackChannelOptions;
  readonly #warned = new Set<string>();

  constructor(options: SlackChannelOptions) {
    this.#options = options;
  }

  /** @throws NoticeDelayed */
  async deliver(notice: Notice, memory: unknown, { remember, signal }: DeliveryTools): Promise<void> {
    const settings = this.#options.settings(notice);
    const before = readMemory(memory, settings.channel);
    if (before.ts === null && !worthTelling(notice, settings.tell)) return;
    const instance = await this.#options.instance();
    const web = slackClient(this.#options, signal);
    const tools = { web, remember, warn: (message: string) => this.#warn(message) };
    const message = deploymentMessage(notice, this.#options.texts, this.#options.withButtons);
    const shown = await this.#show({ notice, instance, message }, before, tools);
    await this.#addToThread(notice, instance, settings, shown, tools);
  }

  async #show(shown: Shown, before: SlackMemory, tools: PostTools): Promise<SlackMemory & { ts: string }> {
    const hash = hashOf(shown.message);
    const { ts } = before;
    if (ts !== null && before.hash === hash) return { ...before, ts };
    if (ts !== null && (await this.#update(shown, { ...before, ts }, tools)))
      return remembered({ ...before, ts, hash }, tools);
    // Its message was deleted: it is told again, as the end must be seen.
    const first = ts === null ? before : { ...before, ts: null, posting: null, parts: [] };
    const place = await postOnce({ ...shown, part: messagePart }, first, tools);
    const adopted = first.posting === messagePart;
    const after = { ...first, ...place, posting: null, hash: adopted ? null : hash };
    const kept = await remembered(after, tools);
    return adopted ? this.#show(shown, kept, tools) : kept;
  }

  /** @returns false when the message is not there any more */
  async #update(
    { notice, instance, message }: Shown,
    { channel, ts }: { channel: string; ts: string },
    { web }: PostTools,
  ): Promise<boolean> {
    try {
      const metadata = metadataOf({ notice, instance, part: messagePart });
      await web.chat.update({ channel, ts, ...message, metadata });
    } catch (error) {
      const code = slackCode(error);
      if (code === 'message_not_found') return false;
      if (code !== 'edit_window_closed' && code !== 'cant_update_message')
        throw delayed(error, 'chat.update');
      this.#warn(`Slack does not let Siskin edit its message (${code}): its end is told in the thread only`);
    }
    return true;
  }

  async #addToThread(
    notice: Notice,
    instance: string,
    settings: SlackSettings,
    shown: SlackMemory & { ts: string },
    tools: PostTools,
  ): Promise<void> {
    const due = duePart(notice, settings);
    if (due === null || shown.parts.includes(due.part)) return;
    const { part, mentions } = due;
    const message = detailsMessage(notice, this.#options.texts, mentions);
    const thread = { ts: shown.ts, broadcast: mentions.length > 0 };
    await postOnce({ notice, instance, part, message, thread }, shown, tools);
    await tools.remember({ ...shown, posting: null, parts: [...shown.parts, part] });
  }

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#options.warn(message);
  }
}

interface Shown {
  notice: Notice;
  instance: string;
  message: SlackMessage;
}

async function remembered<M extends SlackMemory>(memory: M, { remember }: PostTools): Promise<M> {
  await remember(memory);
  return memory;
}

const hashOf = (message: SlackMessage): string =>
  createHash('sha256').update(JSON.stringify(message)).digest('base64url').slice(0, 22);
