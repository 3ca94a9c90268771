import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from '@slack/web-api';
import { NoticeDelayed } from '../../pipeline/notify/ports.ts';

/** What a person has to mend, by Slack's error code, and how. */
const needsPerson: Readonly<Record<string, string>> = {
  invalid_auth: 'Slack does not know the bot token: put the right one under slack.botToken',
  not_authed: 'Slack got no bot token: set slack.botToken',
  token_revoked: 'the bot token was revoked: install the app again and set slack.botToken',
  token_expired: 'the bot token has expired: install the app again and set slack.botToken',
  account_inactive: 'the app was removed from the workspace: install it again and set slack.botToken',
  channel_not_found:
    'there is no such channel, or it is private and the app is not in it: mend slack.channel or /invite the app',
  not_in_channel: 'the app is not in the channel: /invite it there, or give it the scope chat:write.public',
  is_archived: 'the channel is archived: name another one under slack.channel',
  restricted_action: "the workspace's settings do not let the app post into this channel",
  no_permission: "the workspace's settings do not let the app post into this channel",
  ekm_access_denied: "the workspace's administrators have suspended posting",
  org_login_required: 'the workspace is being moved to another organisation',
  team_access_not_granted: 'the app is not allowed in this workspace: ask its administrators',
  missing_scope: 'the bot token lacks a scope: add it under “OAuth & Permissions” and install the app again',
};

/** The code of an answer that says `ok: false`. @returns null for every other error */
export const slackCode = (error: unknown): string | null =>
  error instanceof WebAPIPlatformError ? error.data.error : null;

/** Whether Slack has certainly done nothing: it said so. A time-out or a 5xx says nothing. */
export const wasRefused = (error: unknown): boolean =>
  error instanceof WebAPIRateLimitedError || (slackCode(error) !== null && !isTrouble(slackCode(error)));

/** Slack's own trouble, of which nobody knows what was done before it. */
const isTrouble = (code: string | null): boolean =>
  code !== null && ['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout'].includes(code);

/**
 * What a failed call means for the delivery.
 * @param what the method, e.g. `chat.update`
 */
export function delayed(error: unknown, what: string): NoticeDelayed {
  if (error instanceof NoticeDelayed) return error;
  if (error instanceof WebAPIRateLimitedError) {
    const retryAfterMs = error.retryAfter * 1_000;
    return new NoticeDelayed(`Slack asks for ${error.retryAfter} s of patience (${what})`, {
      retryAfterMs,
      cause: error,
    });
  }
  const code = slackCode(error);
  if (code !== null) return refusal(code, what, error);
  if (error instanceof WebAPIHTTPError)
    return new NoticeDelayed(`Slack answered ${what} with status ${error.statusCode}`, { cause: error });
  return new NoticeDelayed(`Slack did not answer ${what}`, { cause: error });
}

function refusal(code: string, what: string, cause: unknown): NoticeDelayed {
  const sentence = Object.hasOwn(needsPerson, code) ? needsPerson[code] : undefined;
  if (sentence !== undefined)
    return new NoticeDelayed(`${sentence} (${what}: ${code}${neededScope(cause)})`, {
      needsPerson: true,
      cause,
    });
  return new NoticeDelayed(`Slack refused ${what}: ${code.slice(0, 200)}`, { cause });
}

/** Slack says which scope it misses: `needed` beside `error`. */
function neededScope(error: unknown): string {
  const needed: unknown =
    error instanceof WebAPIPlatformError ? Reflect.get(error.data, 'needed') : undefined;
  return typeof needed === 'string' ? `, needs ${needed.slice(0, 100)}` : '';
}
