import { recordsId } from '../src/adapters/redis/records-id.ts';
import { SlackChannel } from '../src/adapters/slack/slack-channel.ts';
import { SlackWebhookChannel } from '../src/adapters/slack/slack-webhook-channel.ts';
import type { SiskinConfig } from '../src/config/siskin-config.ts';
import type { EnvironmentKey } from '../src/domain/names.ts';
import { textsOf } from '../src/domain/texts/catalogue.ts';
import type { Logger } from '../src/observability/logger.ts';
import type { NoticeChannel } from '../src/pipeline/notify/ports.ts';
import { githubChannel, openGithub } from './github.ts';
import { slackSettings } from './slack-settings.ts';
import type { Store } from './store.ts';

/** Where people watch, as siskin.yaml says. @throws SiskinError of a key file; see openGithub */
export async function noticeChannels(
  config: SiskinConfig,
  store: Store,
  log: Logger,
): Promise<NoticeChannel[]> {
  const github = githubChannel(config, await openGithub(config));
  return [...slackChannel(config, store, log), ...(github ? [github] : [])];
}

function slackChannel(config: SiskinConfig, store: Store, log: Logger): NoticeChannel[] {
  const { slack } = config;
  if (slack === undefined) return [];
  const settings = (key: EnvironmentKey) => slackSettings(config, slack, key);
  const texts = textsOf(slack.locale);
  if (slack.kind === 'webhook')
    return [new SlackWebhookChannel({ webhookUrl: slack.webhookUrl, settings, texts })];
  const { botToken, apiUrl, signingSecret, appToken } = slack;
  const withButtons = signingSecret !== undefined || appToken !== undefined;
  const instance = () => recordsId(store.context);
  const warn = (message: string) => log.warn({ channel: 'slack' }, message);
  return [new SlackChannel({ botToken, apiUrl, settings, texts, withButtons, instance, warn })];
}
