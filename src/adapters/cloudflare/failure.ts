import { APIConnectionError, APIError } from 'cloudflare';
import { z } from 'zod';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';

const bodySchema = z.object({
  errors: z.array(z.object({ code: z.number(), message: z.string() })).min(1),
});

/** Codes of a token that is malformed (6003, 6111), unknown or expired (9109), or may not do it (10000). */
const tokenCodes = new Set([6003, 6111, 9109, 10_000]);

/**
 * What Cloudflare answered, as an error of Siskin.
 * @param does what was asked for, to be read after "Cloudflare would not"
 */
export function dnsFailure(error: unknown, does: string): SiskinError {
  if (error instanceof SiskinError) return error;
  if (error instanceof APIConnectionError || !(error instanceof APIError)) {
    const reason = messageOf(error instanceof Error && error.cause ? error.cause : error);
    return new SiskinError(
      'DNS_UNREACHABLE',
      `Cloudflare did not answer when asked to ${does}: ${plain(reason)}`,
      {
        cause: error,
      },
    );
  }
  const [first] = bodySchema.safeParse(error.error).data?.errors ?? [];
  const said = first
    ? `${plain(first.message)} (${error.status}, code ${first.code})`
    : `status ${error.status}`;
  const refusedToken = first !== undefined && tokenCodes.has(first.code);
  if (error.status === 429)
    return new SiskinError('DNS_RATE_LIMITED', `Cloudflare takes no more requests now: ${said}`, {
      cause: error,
    });
  if (error.status === 401 || error.status === 403 || refusedToken)
    return new SiskinError('DNS_TOKEN_REFUSED', `Cloudflare does not let this token ${does}: ${said}`, {
      cause: error,
    });
  if ((error.status ?? 0) >= 500)
    return new SiskinError('DNS_UNREACHABLE', `Cloudflare could not ${does}: ${said}`, { cause: error });
  return new SiskinError('DNS_REFUSED', `Cloudflare refused to ${does}: ${said}`, { cause: error });
}

const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ').slice(0, 300);
