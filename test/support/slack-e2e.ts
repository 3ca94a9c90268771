import { join } from 'node:path';
import { socketDirectory } from '../../src/adapters/process/socket-directory.ts';
import { RedisAuditLog } from '../../src/adapters/redis/audit-log.ts';
import { connectRedis, giveUp, waitForRedis } from '../../src/adapters/redis/connect.ts';
import { storeContext } from '../../src/adapters/redis/store-context.ts';
import type { FakeSlack } from './fake-slack/server.ts';
import type { FakeMessage } from './fake-slack/workspace.ts';
import type { TestSiskin } from './siskin.ts';
import { slackPicture } from './slack-picture.ts';
import { commandBody, pressBody, signedBySlack } from './slack-requests.ts';

export const slackChannelId = 'C0SHOP';

/** The button of a message, by the first words of its text. */
export function buttonValue({ blocks }: FakeMessage, text: string): string | null {
  const buttons = blocks.flatMap((one) => (one.type === 'actions' ? one.elements : []));
  const found = buttons.find((one) => one.type === 'button' && one.text.text === text);
  return found?.type === 'button' ? (found.value ?? null) : null;
}

/** People in Slack, before a real siskin. */
export class SlackPeople {
  readonly #slack: FakeSlack;
  readonly #siskin: TestSiskin;

  constructor(slack: FakeSlack, siskin: TestSiskin) {
    this.#slack = slack;
    this.#siskin = siskin;
  }

  send(request: RequestInit): Promise<Response> {
    return fetch(`${this.#siskin.api}/webhooks/slack`, request);
  }

  press(user: string, value: string): Promise<Response> {
    return this.send(signedBySlack(pressBody(value, this.#by(user))));
  }

  say(user: string, text: string): Promise<Response> {
    return this.send(signedBySlack(commandBody(text, this.#by(user))));
  }

  /** A request that can be sent twice. */
  request(user: string, value: string): RequestInit {
    return signedBySlack(pressBody(value, this.#by(user)));
  }

  /** Resolves when the deployment's message has such a button. */
  button(deployment: string, text: string): Promise<string> {
    return this.#slack.until(() => {
      const [message] = this.#slack.of(deployment);
      return message && buttonValue(message, text);
    });
  }

  /** Resolves when the deployment's message has this in its headline. */
  shows(deployment: string, state: string): Promise<FakeMessage> {
    return this.#slack.until(() =>
      this.#slack.of(deployment).find(({ text }) => text.includes(` · ${state}`)),
    );
  }

  /** Resolves when the user was told something like this, alone. */
  told(user: string, what: RegExp): Promise<string> {
    return this.#slack.until(() => this.#slack.ephemeral(user).find((text) => what.test(text)));
  }

  #by(user: string) {
    return { user, channel: slackChannelId, responseUrl: this.#slack.responseUrl(user, slackChannelId) };
  }
}

/** The refused ones of the audit log, oldest first: who, and what. */
export async function refusedOf(siskin: TestSiskin): Promise<string[]> {
  const url = `unix://${join(await socketDirectory(siskin.dataDir), 'redis.sock')}`;
  const redis = connectRedis({ url }, 'commands', () => {});
  try {
    await waitForRedis(redis, 30_000);
    const entries = (await new RedisAuditLog(storeContext(redis)).page({}, 200)).entries;
    return entries
      .filter(({ action }) => action === 'slack-refused')
      .map(({ actor, detail }) => `${actor.name}: ${String(detail.text)}`)
      .reverse();
  } finally {
    giveUp(redis);
  }
}

/** What a person sees of it, with what differs from run to run taken out. */
export const lastingPicture = ({ blocks }: FakeMessage, app: string): string =>
  slackPicture(blocks)
    // Without a load nothing is counted, or nothing is counted yet.
    .replace(/^.*: 0 requests, 0 × 5xx\n/gm, '')
    .replaceAll(app, 'APP')
    .replace(/\b[0-9a-f]{7}\b/g, 'SHA')
    .replace(/\bd\d+\b/g, 'dN')
    .replace(/\br\d+\b/g, 'rN')
    .replace(/(\d+ min )?\d+(\.\d+)? s\b/g, 'N s')
    .replace(/[\d,]+ of [\d,]+/g, 'N of N')
    .replace(/below [\d.]+ %/g, 'below N %')
    .replace(/[\d,]+ requests?, [\d,]+ × 5xx/g, 'N requests, N × 5xx');
