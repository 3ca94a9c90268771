import * as z from 'zod';
import { mapping, must, nameText, text } from '../fields.ts';
import { url } from './addresses.ts';

const channelExpected =
  "a channel's ID such as C0123ABCD (at the end of “About” in its details), not its name";
const channel = text(channelExpected, /^[CGD][A-Z0-9]{2,30}$/);

const mentionExpected = 'a user ID (U…), a user group ID (S…), here or channel';
const mentioned = z
  .array(text(mentionExpected, /^([UWS][A-Z0-9]{2,30}|here|channel)$/))
  .max(10, must('a list of at most 10'));

/** What somebody can be called for. */
export const mentionable = ['failed', 'rolled_back', 'held', 'frozen', 'succeeded'] as const;
const [failed, rolledBack, held, frozen, succeeded] = mentionable;

const mentions = mapping({
  [failed]: mentioned.optional(),
  [rolledBack]: mentioned.optional(),
  [held]: mentioned.optional(),
  [frozen]: mentioned.optional(),
  [succeeded]: mentioned.optional(),
}).describe('Who is called in the thread when a deployment comes to this.');

const tell = z
  .enum(['all', 'ends', 'failures'])
  .describe(
    'all: a message from the beginning; ends: only how it ended; failures: only what needs somebody.',
  );

const users = z
  .record(
    text('a user ID such as U012ABCDE', /^[UW][A-Z0-9]{2,30}$/),
    mapping({
      name: nameText().describe('Stands in the audit log and in messages.'),
      role: z.enum(['viewer', 'deployer', 'admin']),
    }),
  )
  .describe('Who may do what from Slack.');

const signingSecretExpected = 'the signing secret of “Basic Information”: 16 to 128 characters';

export const slackSchema = mapping({
  botToken: text('a bot token, which begins with xoxb-', /^xoxb-[A-Za-z0-9-]{4,250}$/).optional(),
  channel: channel.optional().describe('Where deployments are told.'),
  signingSecret: text(signingSecretExpected, /^[\x21-\x7e]{16,128}$/)
    .optional()
    .describe('For buttons and /siskin through POST /webhooks/slack.'),
  appToken: text('an app-level token, which begins with xapp-', /^xapp-[A-Za-z0-9-]{4,250}$/)
    .optional()
    .describe('For buttons and /siskin through Socket Mode, on hosts without a public address.'),
  apiUrl: url(['http', 'https'], 'https://slack.com/api/').prefault('https://slack.com/api/'),
  webhookUrl: url(['http', 'https'], 'https://hooks.slack.com/services/T…/B…/…')
    .optional()
    .describe('An incoming webhook instead of a bot: tells the beginning and the end, edits nothing.'),
  locale: z.enum(['en', 'ko']).prefault('en').describe('The language of messages.'),
  tell: tell.prefault('all'),
  mentions: mentions.prefault({}),
  users: users.prefault({}),
  defaultRole: z
    .enum(['none', 'viewer', 'deployer'])
    .prefault('viewer')
    .describe('The role of those who are not among users.'),
});

/** What an environment may have otherwise. */
export const environmentSlackSchema = mapping({
  channel: channel.optional(),
  tell: tell.optional(),
  mentions: mentions.optional(),
});
