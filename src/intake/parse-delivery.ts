import { emitterEventNames } from '@octokit/webhooks';
import { z } from 'zod';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import type { PushEvent } from '../domain/push-policy.ts';

/** A push as parsed, and who pushed. */
export interface Push {
  event: PushEvent;
  pusher: string;
}

const knownEvents: ReadonlySet<string> = new Set(emitterEventNames.filter((name) => !name.includes('.')));
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** @returns the event's name, from GitHub's list. @throws SiskinError WEBHOOK_MALFORMED */
export function eventName(header: string | undefined): string {
  if (header !== undefined && knownEvents.has(header)) return header;
  throw malformed('The header X-GitHub-Event names no event of GitHub.');
}

/** @returns the delivery's GUID, in lower case. @throws SiskinError WEBHOOK_MALFORMED */
export function deliveryId(header: string | undefined): string {
  if (header !== undefined && guid.test(header)) return header.toLowerCase();
  throw malformed('The header X-GitHub-Delivery is not a GUID.');
}

/** The payload's JSON, sent as such or as a form's `payload`. @throws SiskinError WEBHOOK_MALFORMED */
export function parsePayload(body: Buffer, contentType: string | undefined): unknown {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/json' && type !== 'application/x-www-form-urlencoded') {
    throw malformed('The content type is neither application/json nor application/x-www-form-urlencoded.');
  }
  const text = body.toString('utf8');
  const json = type === 'application/json' ? text : new URLSearchParams(text).get('payload');
  if (json === null) throw malformed('The form has no field payload.');
  if (nestsDeeperThan(json, 64)) throw malformed('The JSON is nested deeper than 64 levels.');
  try {
    return JSON.parse(json);
  } catch (error) {
    throw malformed(`The payload is not JSON: ${messageOf(error).slice(0, 100)}.`);
  }
}

/** @throws SiskinError WEBHOOK_MALFORMED that names the field */
export function parsePush(payload: unknown): Push {
  const result = pushPayload.safeParse(payload);
  if (result.success) return readPush(result.data);
  const issue = result.error.issues[0];
  throw malformed(`The push event's ${issue?.path.join('.') || 'payload'} is not right: ${issue?.message}.`);
}

/** Counts brackets outside strings, before the parser recurses into them. */
export function nestsDeeperThan(json: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (code === quote) at = endOfString(json, at);
    else if (code === openBracket || code === openBrace) depth += 1;
    else if (code === closeBracket || code === closeBrace) depth -= 1;
    if (depth > limit) return true;
  }
  return false;
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** @returns the position of the closing quote, or the text's end */
function endOfString(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && json.charCodeAt(at) !== quote) at += json.charCodeAt(at) === backslash ? 2 : 1;
  return at;
}

const text = z.string().max(2_048);
const pushPayload = z.object({
  ref: text,
  before: text,
  after: text,
  created: z.boolean(),
  deleted: z.boolean(),
  forced: z.boolean(),
  head_commit: z
    .object({
      message: z.string(),
      author: z.object({ name: z.string().nullish(), username: z.string().nullish() }).nullish(),
    })
    .nullish(),
  repository: z.object({ full_name: text, clone_url: text, ssh_url: text, html_url: text }),
  pusher: z.object({ name: z.string().nullish() }).nullish(),
  sender: z.object({ login: z.string().nullish() }).nullish(),
});

function readPush({ head_commit, repository, pusher, sender, ...event }: z.infer<typeof pushPayload>): Push {
  const author = head_commit?.author;
  return {
    event: {
      ...event,
      headCommit: head_commit
        ? { message: head_commit.message, author: author?.username ?? author?.name ?? '' }
        : null,
      repository: {
        fullName: repository.full_name,
        cloneUrl: repository.clone_url,
        sshUrl: repository.ssh_url,
        htmlUrl: repository.html_url,
      },
    },
    pusher: (sender?.login ?? pusher?.name ?? 'unknown').slice(0, 100),
  };
}

const malformed = (message: string): SiskinError => new SiskinError('WEBHOOK_MALFORMED', message);
