import type { Router } from 'express';
import { RedisOnce } from '../src/adapters/redis/once.ts';
import { answerAt } from '../src/adapters/slack/response-url.ts';
import { SlackSocket } from '../src/adapters/slack/slack-socket.ts';
import { slackOperations } from '../src/api/slack-operations.ts';
import type { SiskinConfig, SlackBotConfig } from '../src/config/siskin-config.ts';
import { textsOf } from '../src/domain/texts/catalogue.ts';
import { membersOf } from '../src/intake/slack/members.ts';
import { readCommand, readInteraction } from '../src/intake/slack/payloads.ts';
import { SlackHandler } from '../src/intake/slack/slack-handler.ts';
import { slackInteractions } from '../src/intake/slack-interactions.ts';
import type { Logger } from '../src/observability/logger.ts';
import { noticeSource } from './notice-source.ts';
import type { Store } from './store.ts';

export interface SlackDoorsOptions {
  config: SiskinConfig;
  store: Store;
  log: Logger;
}

/** How long a Socket Mode request is known again, in seconds. */
const rememberedSeconds = 660;

/** How people's buttons and `/siskin` come in: over HTTP, over Socket Mode, both or neither. */
export function slackDoors(options: SlackDoorsOptions): { routers: Router[]; close(): Promise<void> } {
  const { slack } = options.config;
  if (slack?.kind !== 'bot') return { routers: [], close: async () => {} };
  const handler = handlerOf(options, slack);
  const socket = startSocket(options, slack, handler);
  return {
    routers: routersOf(options, slack, handler),
    close: async () => {
      await socket?.close();
      await handler.idle();
    },
  };
}

function handlerOf({ config, store, log }: SlackDoorsOptions, slack: SlackBotConfig): SlackHandler {
  const { history, ledger: requests } = store;
  return new SlackHandler({
    members: membersOf(slack.users, slack.defaultRole),
    texts: textsOf(slack.locale),
    notices: noticeSource(config, history),
    operations: slackOperations({
      apps: () => config.apps.map(({ app, repository, environments }) => ({ app, repository, environments })),
      history,
      requests,
      audit: store.audit,
    }),
    once: new RedisOnce(store.context),
    audit: (note) => store.audit.add(note),
    answer: (url, text) => answerAt(url, text, { apiUrl: slack.apiUrl }),
    log,
  });
}

function routersOf(
  { store, log }: SlackDoorsOptions,
  slack: SlackBotConfig,
  handler: SlackHandler,
): Router[] {
  if (slack.signingSecret === undefined) return [];
  return [
    slackInteractions({
      signingSecret: slack.signingSecret,
      once: new RedisOnce(store.context),
      audit: (note) => store.audit.add(note),
      take: (interaction) => handler.take(interaction),
      log,
    }),
  ];
}

function startSocket(
  { store, log }: SlackDoorsOptions,
  slack: SlackBotConfig,
  handler: SlackHandler,
): SlackSocket | null {
  if (slack.appToken === undefined) return null;
  const once = new RedisOnce(store.context);
  const socket = new SlackSocket({
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
    log,
    onRequest: async (type, body, id) => {
      const interaction = type === 'interactive' ? readInteraction(body) : readCommand(body);
      if (await once.claim(`slack:${id}`, rememberedSeconds)) handler.take(interaction);
    },
  });
  socket.start();
  return socket;
}
