import { z } from 'zod';
import { messageOf } from '../../domain/errors/siskin-error.ts';
import { type SlackAccess, slackClient } from './client.ts';
import { delayed } from './failure.ts';

/** What a token can do, as Slack tells it. */
export interface SlackReach {
  team: string;
  user: string;
  /** Granted ones; null when Slack did not say. */
  scopes: string[] | null;
  channels: { channel: string; problem: string | null }[];
}

const who = z.object({
  team: z.string(),
  user: z.string(),
  response_metadata: z.object({ scopes: z.array(z.string()).optional() }).optional(),
});
const info = z.object({
  channel: z.object({ is_member: z.boolean().optional(), is_archived: z.boolean().optional() }),
});

/**
 * Asks Slack whether the token is good and the channels can be written to; posts nothing.
 * @throws Error with a sentence that says what to do
 */
export async function slackReach(access: SlackAccess, channels: readonly string[]): Promise<SlackReach> {
  const web = slackClient(access, new AbortController().signal);
  const { team, user, response_metadata } = await web.auth.test().then(
    (answer) => who.parse(answer),
    (error: unknown) => {
      throw delayed(error, 'auth.test');
    },
  );
  const scopes = response_metadata?.scopes ?? null;
  const canWriteAnywhere = scopes?.includes('chat:write.public') ?? false;
  const looked = channels.map(async (channel) => ({
    channel,
    problem: await web.conversations.info({ channel }).then(
      (answer) => problemOf(info.parse(answer).channel, canWriteAnywhere),
      (error: unknown) => messageOf(delayed(error, 'conversations.info')),
    ),
  }));
  return { team, user, scopes, channels: await Promise.all(looked) };
}

function problemOf(
  { is_member, is_archived }: z.infer<typeof info>['channel'],
  canWriteAnywhere: boolean,
): string | null {
  if (is_archived === true) return 'is archived';
  return is_member === false && !canWriteAnywhere ? 'does not have the app in it: /invite it there' : null;
}
