import { z } from 'zod';
import { isEndState } from '../../domain/deployment.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Notice } from '../../domain/notice/notice.ts';
import type { Texts } from '../../domain/texts/texts.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { type DeliveryTools, type NoticeChannel, NoticeDelayed } from '../../pipeline/notify/ports.ts';
import { detailsMessage } from './message/details.ts';
import { deploymentMessage, type SlackMessage } from './message/message.ts';
import { type SlackSettings, worthTelling } from './worth-telling.ts';

export interface SlackWebhookOptions {
  /** Secret: whoever has it can post. */
  webhookUrl: string;
  settings: (key: EnvironmentKey) => Pick<SlackSettings, 'tell' | 'mentions'>;
  texts: Texts;
  /** In ms; 10 s unless told. */
  timeoutMs?: number;
}

const memorySchema = z.object({ posted: z.array(z.string()) });

/**
 * An incoming webhook: cannot edit, so it tells the beginning and the end, each once. An answer that is lost makes it tell
 * once more: there is no way to ask what was posted.
 */
export class SlackWebhookChannel implements NoticeChannel {
  readonly name = 'slack';
  readonly pauseMs = 1_000;
  readonly calmPauseMs = 60_000;
  readonly #options: SlackWebhookOptions;

  constructor(options: SlackWebhookOptions) {
    this.#options = options;
  }

  /** @throws NoticeDelayed */
  async deliver(notice: Notice, memory: unknown, { remember, signal }: DeliveryTools): Promise<void> {
    const { tell, mentions } = this.#options.settings(notice);
    const { posted } = memorySchema.safeParse(memory).data ?? { posted: [] };
    const moment = momentOf(notice);
    if (posted.includes(moment) || !worthTelling(notice, tell)) return;
    await this.#post(this.#messageOf(notice, moment, mentions[notice.state] ?? []), signal);
    await remember({ posted: [...posted, moment] });
  }

  #messageOf(notice: Notice, moment: string, called: readonly string[]): SlackMessage {
    const message = deploymentMessage(notice, this.#options.texts, false);
    if (moment === 'begin') return message;
    const details = detailsMessage(notice, this.#options.texts, called);
    return { text: details.text, blocks: [...message.blocks, ...details.blocks] };
  }

  async #post(message: SlackMessage, outer: AbortSignal): Promise<void> {
    const { signal, unlink } = anySignal([outer, AbortSignal.timeout(this.#options.timeoutMs ?? 10_000)]);
    try {
      await this.#send(message, signal);
    } finally {
      unlink();
    }
  }

  async #send(message: SlackMessage, signal: AbortSignal): Promise<void> {
    let answer: Response;
    try {
      answer = await fetch(this.#options.webhookUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(message),
        redirect: 'error',
        signal,
      });
    } catch (cause) {
      throw new NoticeDelayed('Slack did not answer the incoming webhook', { cause });
    }
    const said = answer.ok ? '' : (await answer.text().catch(() => '')).slice(0, 100);
    if (answer.ok) await answer.body?.cancel();
    else throw refusal(answer, said);
  }
}

/** Waiting for a person is told too; it may come to that once. */
function momentOf({ state }: Notice): string {
  if (isEndState(state)) return 'end';
  return state === 'held' || state === 'frozen' ? state : 'begin';
}

/** Slack answers with a word: `no_service`, `action_prohibited`, `channel_is_archived`. */
function refusal({ status, headers }: Response, said: string): NoticeDelayed {
  const seconds = Number(headers.get('retry-after'));
  if (status === 429 && seconds > 0)
    return new NoticeDelayed(`Slack asks for ${seconds} s of patience`, { retryAfterMs: seconds * 1_000 });
  const gone = status === 403 || status === 404 || status === 410;
  const advice = gone ? ': make a new incoming webhook and set slack.webhookUrl' : '';
  return new NoticeDelayed(`Slack answered the incoming webhook with ${status} ${said}${advice}`, {
    needsPerson: gone,
  });
}
