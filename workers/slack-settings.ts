import type { SlackSettings } from '../src/adapters/slack/worth-telling.ts';
import { findEnvironment, type SiskinConfig, type SlackConfig } from '../src/config/siskin-config.ts';
import type { EnvironmentKey } from '../src/domain/names.ts';

/** How Slack is to tell of an environment: its own settings before those for all. */
export function slackSettings(config: SiskinConfig, slack: SlackConfig, key: EnvironmentKey): SlackSettings {
  const own = findEnvironment(config, key)?.environment.slack;
  const channel = own?.channel ?? (slack.kind === 'bot' ? slack.channel : undefined) ?? '';
  return { channel, tell: own?.tell ?? slack.tell, mentions: { ...slack.mentions, ...own?.mentions } };
}
