import { createHmac } from 'node:crypto';

export const signingSecret = '0123456789abcdef0123456789abcdef';

/** A request as Slack signs it. @param at epoch seconds */
export function signedBySlack(
  body: string,
  { secret = signingSecret, at = Math.floor(Date.now() / 1_000) } = {},
): RequestInit {
  const signature = createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex');
  return {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': String(at),
      'x-slack-signature': `v0=${signature}`,
    },
  };
}

/** What Slack sends when a button is pressed; more fields than Siskin reads, as in Slack's reference of block_actions. */
export const pressPayload = (value: string, by: { user: string; channel: string; responseUrl: string }) => ({
  type: 'block_actions',
  user: { id: by.user, username: 'somebody', name: 'somebody', team_id: 'T0ACME' },
  api_app_id: 'A0SISKIN',
  token: 'deprecated',
  container: {
    type: 'message',
    message_ts: '1700000000.000001',
    channel_id: by.channel,
    is_ephemeral: false,
  },
  trigger_id: '1.2.3',
  team: { id: 'T0ACME', domain: 'acme' },
  channel: { id: by.channel, name: 'deploys' },
  response_url: by.responseUrl,
  actions: [
    {
      type: 'button',
      action_id: `siskin-${value.split(' ')[1] ?? ''}`,
      block_id: 'b1',
      text: { type: 'plain_text', text: 'x', emoji: true },
      value,
      action_ts: '1700000001.000001',
    },
  ],
});

export const commandFields = (text: string, by: { user: string; channel: string; responseUrl: string }) => ({
  token: 'deprecated',
  team_id: 'T0ACME',
  team_domain: 'acme',
  channel_id: by.channel,
  channel_name: 'deploys',
  user_id: by.user,
  user_name: 'somebody',
  command: '/siskin',
  text,
  api_app_id: 'A0SISKIN',
  is_enterprise_install: 'false',
  response_url: by.responseUrl,
  trigger_id: '1.2.3',
});

export const pressBody = (
  value: string,
  by: { user: string; channel: string; responseUrl: string },
): string => new URLSearchParams({ payload: JSON.stringify(pressPayload(value, by)) }).toString();

export const commandBody = (
  text: string,
  by: { user: string; channel: string; responseUrl: string },
): string => new URLSearchParams(commandFields(text, by)).toString();
