import type { IncomingHttpHeaders } from 'node:http';
import { type Request, type Response, Router } from 'express';
import { messageOf, SiskinError } from '../domain/errors/siskin-error.ts';
import { BadSignatures } from './bad-signatures.ts';
import { deliveryId, eventName, parsePayload, parsePush } from './parse-delivery.ts';
import type { GithubWebhookDependencies, WebhookAnswer } from './ports.ts';
import { readBody } from './read-body.ts';
import { recordPush } from './record-push.ts';
import { isSignature, type SignatureCheck, signatureCheck } from './signature.ts';

/** GitHub never sends more. */
const maxBodyBytes = 25 * 1024 * 1024;

/**
 * `POST /webhooks/github`: verifies, decides, records, and only then answers.
 * 202 recorded · 200 ignored, ping, duplicate · 400 malformed · 401 bad signature (429 when an address sends many)
 * · 408 too slow · 413 too large · 415 compressed · 503 Redis cannot store it.
 */
export function githubWebhook(dependencies: GithubWebhookDependencies): Router {
  const verify = signatureCheck(dependencies.secrets);
  const badSignatures = new BadSignatures();
  const router = Router();
  router.post('/webhooks/github', async (request, response) => {
    const answer = await answerOf(request, dependencies, verify, badSignatures);
    dependencies.countAnswer(answer.status);
    send(response, answer);
  });
  return router;
}

async function answerOf(
  request: Request,
  dependencies: GithubWebhookDependencies,
  verify: SignatureCheck,
  badSignatures: BadSignatures,
): Promise<WebhookAnswer> {
  try {
    const signature = header(request.headers, 'x-hub-signature-256');
    const keep = isSignature(signature);
    const body = await readBody(request, {
      maxBytes: maxBodyBytes,
      timeoutMs: dependencies.bodyTimeoutMs ?? 10_000,
      keep,
    });
    if (!(await verify(body, signature))) return refuseSignature(request, dependencies, badSignatures);
    return await handle(request, body, dependencies);
  } catch (error) {
    return refusal(error, dependencies);
  }
}

async function handle(
  request: Request,
  body: Buffer,
  dependencies: GithubWebhookDependencies,
): Promise<WebhookAnswer> {
  const delivery = deliveryId(header(request.headers, 'x-github-delivery'));
  const event = eventName(header(request.headers, 'x-github-event'));
  const payload = parsePayload(body, request.headers['content-type']);
  if (event === 'ping') return { status: 200, body: { pong: true } };
  if (event !== 'push') return { status: 200, body: { ignored: 'event', event } };
  return recordPush(delivery, parsePush(payload), request.ip ?? null, dependencies);
}

function refuseSignature(
  request: Request,
  { log }: GithubWebhookDependencies,
  badSignatures: BadSignatures,
): WebhookAnswer {
  const address = request.ip ?? 'unknown';
  const { overLimit, logIt } = badSignatures.note(address);
  if (logIt)
    log.warn({ address, bytes: request.socket.bytesRead }, 'a webhook with a bad signature was refused');
  return overLimit
    ? errorAnswer(
        429,
        new SiskinError('TOO_MANY_BAD_SIGNATURES', 'Too many bad signatures from this address.'),
      )
    : errorAnswer(
        401,
        new SiskinError('SIGNATURE_INVALID', 'The signature is missing or does not match the body.'),
      );
}

const statusOfCode: Partial<Record<SiskinError['code'], number>> = {
  WEBHOOK_MALFORMED: 400,
  BODY_TIMED_OUT: 408,
  BODY_TOO_LARGE: 413,
  BODY_ENCODING_REFUSED: 415,
  RECEIVER_BUSY: 503,
  STORE_UNAVAILABLE: 503,
};

function refusal(error: unknown, { log }: GithubWebhookDependencies): WebhookAnswer {
  const status = error instanceof SiskinError ? statusOfCode[error.code] : undefined;
  if (!(error instanceof SiskinError) || status === undefined) {
    log.error({ error: messageOf(error) }, 'a webhook could not be answered');
    return errorAnswer(500, new SiskinError('INTERNAL', 'The webhook could not be handled.'));
  }
  if (status === 503) log.error({ code: error.code, error: error.message }, 'a webhook was refused for now');
  return errorAnswer(status, error);
}

const errorAnswer = (status: number, { code, message, hint }: SiskinError): WebhookAnswer => ({
  status,
  body: { error: { code, message, hint } },
});

function send(response: Response, { status, body }: WebhookAnswer): void {
  if (status === 503) response.set('Retry-After', '5');
  if (status === 429) response.set('Retry-After', '60');
  // A body that was not read to its end would be taken for the next request.
  if (status === 408) response.set('Connection', 'close');
  response.status(status).json(body);
}

const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
};
