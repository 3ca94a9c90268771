import { createHmac, timingSafeEqual } from 'node:crypto';

/** Slack's own limit for a request's age and for a clock that is ahead, in seconds. */
const longestAgeSeconds = 300;

/**
 * Slack's signature, version v0: HMAC SHA-256 of `v0:TIMESTAMP:BODY` with the signing secret, in hex
 * (docs.slack.dev/authentication/verifying-requests-from-slack). Compared in constant time.
 *
 * @param now epoch milliseconds
 */
export function isSignedBySlack(
  secret: string,
  {
    body,
    signature,
    timestamp,
  }: { body: Buffer; signature: string | undefined; timestamp: string | undefined },
  now: number,
): boolean {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  const [, digest] = /^v0=([0-9a-f]{64})$/.exec(signature) ?? [];
  if (digest === undefined) return false;
  const hmac = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body);
  const matches = timingSafeEqual(hmac.digest(), Buffer.from(digest, 'hex'));
  return matches && Math.abs(now / 1_000 - Number(timestamp)) <= longestAgeSeconds;
}
