/** Where and how deployments are told in Slack. `bot` edits one message per deployment; `webhook` only posts. */
export type SlackConfig = SlackBotConfig | SlackWebhookConfig;

export interface SlackBotConfig extends SlackTelling {
  kind: 'bot';
  /** Secret. */
  botToken: string;
  /** Absent only when every environment has its own. */
  channel?: string;
  /** Secret. Absent: nothing is taken at POST /webhooks/slack. */
  signingSecret?: string;
  /** Secret. Absent: no Socket Mode. */
  appToken?: string;
  /** Ends with a slash. */
  apiUrl: string;
  users: SlackUser[];
  defaultRole: 'none' | 'viewer' | 'deployer';
}

export interface SlackWebhookConfig extends SlackTelling {
  kind: 'webhook';
  /** Secret: whoever has it can post. */
  webhookUrl: string;
}

export interface SlackTelling {
  locale: 'en' | 'ko';
  tell: SlackTell;
  mentions: SlackMentions;
}

/** `all`: from the beginning; `ends`: how it ended; `failures`: what ended badly or waits for somebody. */
export type SlackTell = 'all' | 'ends' | 'failures';

/** IDs of users (`U…`) and groups (`S…`), `here` or `channel`, by what has happened. */
export type SlackMentions = Partial<
  Record<'failed' | 'rolled_back' | 'held' | 'frozen' | 'succeeded', string[]>
>;

export interface SlackUser {
  id: string;
  name: string;
  role: 'viewer' | 'deployer' | 'admin';
}

/** What an environment has otherwise. */
export interface EnvironmentSlack {
  channel?: string;
  tell?: SlackTell;
  mentions?: SlackMentions;
}
