import { z } from 'zod';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { nestsDeeperThan } from '../parse-delivery.ts';
import type { SlackInteraction } from './ports.ts';

const user = z.string().regex(/^[UW][A-Z0-9]{1,30}$/);
const channel = z.string().regex(/^[CGD][A-Z0-9]{1,30}$/);
const responseUrl = z.string().max(2_000);

const blockActions = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: user }),
  channel: z.object({ id: channel }),
  response_url: responseUrl,
  actions: z.tuple([z.object({ value: z.string().max(2_000) })], z.unknown()),
});

const slashCommand = z.object({
  command: z.string().max(50),
  text: z.string().max(4_000).prefault(''),
  user_id: user,
  channel_id: channel,
  response_url: responseUrl,
});

/**
 * The body of a request to `POST /webhooks/slack`: a form with the JSON `payload` of an interaction, or with a slash
 * command's fields. @throws SiskinError SLACK_MALFORMED
 */
export function readSlackForm(body: Buffer, contentType: string | undefined): SlackInteraction {
  if ((contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() !== 'application/x-www-form-urlencoded')
    throw malformed('the content type is not application/x-www-form-urlencoded');
  const form = new URLSearchParams(body.toString('utf8'));
  // Slack asks now and then whether the address is still well.
  if (form.get('ssl_check') === '1') return { kind: 'other' };
  const payload = form.get('payload');
  return payload === null ? readCommand(Object.fromEntries(form)) : readInteraction(jsonOf(payload));
}

/** @throws SiskinError SLACK_MALFORMED */
export function readInteraction(payload: unknown): SlackInteraction {
  const { type } = z.object({ type: z.string() }).safeParse(payload).data ?? {};
  if (type !== undefined && type !== 'block_actions') return { kind: 'other' };
  const { user: by, channel: place, response_url, actions } = parsed(blockActions, payload);
  return {
    kind: 'press',
    user: by.id,
    channel: place.id,
    value: actions[0].value,
    responseUrl: response_url,
  };
}

/** @throws SiskinError SLACK_MALFORMED */
export function readCommand(fields: unknown): SlackInteraction {
  const { text, user_id, channel_id, response_url } = parsed(slashCommand, fields);
  return { kind: 'command', user: user_id, channel: channel_id, text, responseUrl: response_url };
}

function jsonOf(text: string): unknown {
  if (nestsDeeperThan(text, 64)) throw malformed('the JSON is nested deeper than 64 levels');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw malformed(`the payload is not JSON: ${messageOf(error).slice(0, 100)}`);
  }
}

function parsed<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw malformed(`${issue?.path.join('.') || 'it'} is not right: ${issue?.message}`);
}

const malformed = (why: string): SiskinError =>
  new SiskinError('SLACK_MALFORMED', `The request is not as Slack sends it: ${why}.`);
