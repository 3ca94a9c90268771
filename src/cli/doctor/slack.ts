import { slackReach } from '../../adapters/slack/access.ts';
import type { SlackConfig } from '../../config/siskin-config.ts';
import { messageOf } from '../../domain/errors/siskin-error.ts';
import { type Finding, fail, ok, type Subject, warn } from './finding.ts';

/** What each scope is for, and how bad it is to lack it. */
const scopes = [
  { any: ['chat:write'], level: fail, why: 'without it nothing can be told' },
  {
    any: ['channels:history', 'groups:history'],
    level: warn,
    why: 'without it a message may be posted twice when Siskin is killed while it posts',
  },
  { any: ['channels:read', 'groups:read'], level: warn, why: 'without it doctor cannot look at the channel' },
];

/** The token is good, the channels can be written to, the scopes suffice. Posts nothing. */
export async function checkSlack({ slack }: Subject): Promise<Finding[]> {
  if (slack === null) return [];
  const { config, channels } = slack;
  if (config.kind === 'webhook')
    return [ok('slack', 'an incoming webhook; whether it works shows with the first message')];
  try {
    const reach = await slackReach({ ...config, timeoutMs: 5_000 }, channels);
    return [
      ok('slack', `${reach.user} in ${reach.team}`),
      ...scopeFindings(reach.scopes),
      ...reach.channels.map(({ channel, problem }) =>
        problem === null
          ? ok('slack', `the channel ${channel} can be written to`)
          : fail('slack', `${channel}: ${problem}`, 'Mend slack.channel in siskin.yaml, or /invite the app.'),
      ),
      ...hearing(config),
    ];
  } catch (error) {
    return [
      fail(
        'slack',
        messageOf(error),
        'Deployments go on; what they came to is told for a day once this is mended.',
      ),
    ];
  }
}

function scopeFindings(granted: readonly string[] | null): Finding[] {
  if (granted === null) return [];
  return scopes
    .filter(({ any }) => !any.some((scope) => granted.includes(scope)))
    .map(({ any, level, why }) => {
      const advice = 'Add it under “OAuth & Permissions” on the page of the app, and install the app again.';
      return level('slack', `the scope ${any.join(' or ')} is missing: ${why}`, advice);
    });
}

function hearing({ signingSecret, appToken, users }: Extract<SlackConfig, { kind: 'bot' }>): Finding[] {
  if (signingSecret === undefined && appToken === undefined)
    return [ok('slack', 'no buttons: neither slack.signingSecret nor slack.appToken is set')];
  if (users.length > 0) return [];
  const advice = 'Name them under slack.users with the role deployer, or set slack.defaultRole.';
  return [warn('slack', 'nobody is named who may press a button', advice)];
}
