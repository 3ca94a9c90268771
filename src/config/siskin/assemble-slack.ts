import type * as z from 'zod';
import type { environmentSlackSchema, slackSchema } from './schema-slack.ts';
import type { EnvironmentSlack, SlackConfig, SlackMentions } from './types-slack.ts';

type Checked = z.output<typeof slackSchema>;
type CheckedMentions = Checked['mentions'];

/** Which of the two ways it is, the checks have seen to. */
export function assembleSlack(checked: Checked): SlackConfig {
  const { botToken, webhookUrl, channel, signingSecret, appToken, locale, tell } = checked;
  const telling = { locale, tell, mentions: definedMentions(checked.mentions) };
  if (botToken === undefined) return { kind: 'webhook', webhookUrl: webhookUrl ?? '', ...telling };
  return {
    kind: 'bot',
    botToken,
    ...(channel !== undefined && { channel }),
    ...(signingSecret !== undefined && { signingSecret }),
    ...(appToken !== undefined && { appToken }),
    apiUrl: checked.apiUrl.replace(/\/*$/, '/'),
    users: Object.entries(checked.users).map(([id, user]) => ({ id, ...user })),
    defaultRole: checked.defaultRole,
    ...telling,
  };
}

export function assembleEnvironmentSlack({
  channel,
  tell,
  mentions,
}: z.output<typeof environmentSlackSchema>): EnvironmentSlack {
  return {
    ...(channel !== undefined && { channel }),
    ...(tell !== undefined && { tell }),
    ...(mentions !== undefined && { mentions: definedMentions(mentions) }),
  };
}

const definedMentions = ({
  failed,
  rolled_back,
  held,
  frozen,
  succeeded,
}: CheckedMentions): SlackMentions => ({
  ...(failed && { failed }),
  ...(rolled_back && { rolled_back }),
  ...(held && { held }),
  ...(frozen && { frozen }),
  ...(succeeded && { succeeded }),
});
