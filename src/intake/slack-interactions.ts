import { createHash } from 'node:crypto';
import { type Request, type Response, Router } from 'express';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import { BadSignatures } from './bad-signatures.ts';
import { readBody } from './read-body.ts';
import { readSlackForm } from './slack/payloads.ts';
import type { SlackInteractionsDependencies } from './slack/ports.ts';
import { isSignedBySlack } from './slack/signature.ts';

/** Slack's payloads hold the message they are about: tens of kilobytes at most. */
const limits = { maxBytes: 256 * 1024, timeoutMs: 5_000, keep: true };
/** Longer than a signature is good for. */
const rememberedSeconds = 660;

/**
 * `POST /webhooks/slack`: buttons and slash commands. Answers as soon as it knows that Slack sent it, which must be
 * within 3 s; what was asked for is done afterwards.
 * 200 heard · 400 malformed · 401 bad or old signature (429 when an address sends many) · 409 heard before
 * · 408 too slow · 413 too large · 503 Redis does not answer.
 */
export function slackInteractions(dependencies: SlackInteractionsDependencies): Router {
  const addresses = new BadSignatures();
  // Refused ones are audited, but a flood of them must not push everything else out of the audit log.
  const audited = new BadSignatures({ limit: 10 });
  const router = Router();
  router.post('/webhooks/slack', async (request, response) => {
    try {
      await hear(request, dependencies, addresses, audited);
      response.status(200).end();
    } catch (error) {
      refuse(error, response, dependencies);
    }
  });
  return router;
}

async function hear(
  request: Request,
  dependencies: SlackInteractionsDependencies,
  addresses: BadSignatures,
  audited: BadSignatures,
): Promise<void> {
  const { signingSecret, now = Date.now, once, audit, take } = dependencies;
  const body = await readBody(request, limits);
  const signature = request.get('x-slack-signature');
  const timestamp = request.get('x-slack-request-timestamp');
  const from = request.ip ?? null;
  const refused = (detail: string) =>
    audit({ actor: { kind: 'slack', name: 'unknown' }, from, action: 'slack-refused', detail });
  if (!isSignedBySlack(signingSecret, { body, signature, timestamp }, now())) {
    const { overLimit, logIt } = addresses.note(from ?? 'unknown');
    if (logIt)
      dependencies.log.warn(
        { address: from },
        'a request to /webhooks/slack with a bad signature was refused',
      );
    if (!audited.note('all').overLimit)
      await refused('a bad or old signature').catch((error: unknown) =>
        dependencies.log.warn({ error: messageOf(error) }, 'a refused request could not be audited'),
      );
    throw overLimit
      ? new SiskinError('TOO_MANY_BAD_SIGNATURES', 'Too many bad signatures from this address.')
      : new SiskinError('SLACK_SIGNATURE_INVALID', 'The signature is missing, wrong or too old.');
  }
  const interaction = readSlackForm(body, request.headers['content-type']);
  const name = createHash('sha256')
    .update(signature ?? '')
    .digest('hex');
  if (!(await once.claim(`slack:${name}`, rememberedSeconds))) {
    await refused('a request that was heard before');
    throw new SiskinError('SLACK_REPLAYED', 'This request was heard before.');
  }
  take(interaction);
}

const statusOfCode: Partial<Record<SiskinError['code'], number>> = {
  SLACK_MALFORMED: 400,
  SLACK_SIGNATURE_INVALID: 401,
  BODY_TIMED_OUT: 408,
  SLACK_REPLAYED: 409,
  BODY_TOO_LARGE: 413,
  BODY_ENCODING_REFUSED: 415,
  TOO_MANY_BAD_SIGNATURES: 429,
  RECEIVER_BUSY: 503,
  STORE_UNAVAILABLE: 503,
};

function refuse(error: unknown, response: Response, { log }: SlackInteractionsDependencies): void {
  const known = error instanceof SiskinError && statusOfCode[error.code] !== undefined;
  if (!known) log.error({ error: messageOf(error) }, 'a request of Slack could not be answered');
  const { code, message, hint } = known
    ? error
    : new SiskinError('INTERNAL', 'The request could not be handled.');
  const status = statusOfCode[code] ?? 500;
  if (status === 429) response.set('Retry-After', '60');
  if (status === 408) response.set('Connection', 'close');
  response.status(status).json({ error: { code, message, hint } });
}
