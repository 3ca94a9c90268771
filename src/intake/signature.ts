import { isUtf8 } from 'node:buffer';
import { Webhooks } from '@octokit/webhooks';

/** Checks X-Hub-Signature-256 of a body. */
export type SignatureCheck = (body: Buffer, signature: string | undefined) => Promise<boolean>;

/** `sha256=` and 64 hex digits; GitHub's SHA-1 header is not looked at. */
export const isSignature = (text: string | undefined): text is string =>
  text !== undefined && /^sha256=[0-9a-f]{64}$/i.test(text);

/**
 * HMAC SHA-256 over the raw bytes, compared in constant time, by any of the secrets; all are tried each time,
 * so that the time does not tell which one was right.
 */
export function signatureCheck(secrets: readonly string[]): SignatureCheck {
  const verifiers = secrets.map((secret) => new Webhooks({ secret }));
  return async (body, signature) => {
    // verify() takes text: only for UTF-8 is that the same as the bytes. GitHub sends nothing else.
    if (!isSignature(signature) || body.length === 0 || !isUtf8(body)) return false;
    const text = body.toString('utf8');
    const results = await Promise.all(verifiers.map((one) => one.verify(text, signature.toLowerCase())));
    return results.includes(true);
  };
}
