import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { must } from '../fields.ts';
import type { ListenAddress } from './types.ts';

const listenPattern = /^(\[[0-9A-Fa-f:.]+\]|[\d.]+|localhost):(\d{1,5})$/;

/** `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`. */
export const listenAddress = (example: string) =>
  z
    .string(must(listenExpected(example)))
    .regex(listenPattern, must(listenExpected(example)))
    .transform((value, ctx): ListenAddress => {
      const [, written = '', port] = listenPattern.exec(value) ?? [];
      const host = written.replace(/^\[|\]$/g, '');
      const known = written.startsWith('[') ? isIPv6(host) : host === 'localhost' || isIPv4(host);
      if (known && Number(port) >= 1 && Number(port) <= 65_535) return { host, port: Number(port) };
      ctx.addIssue({ code: 'custom', message: `must be ${listenExpected(example)}` });
      return z.NEVER;
    });

const listenExpected = (example: string): string => `an IP address and port to listen on, such as ${example}`;

/** A URL of one of the schemes, with a host, without query or fragment. */
export function url(schemes: readonly string[], example: string) {
  const expected = `a URL such as ${example}`;
  return z.string(must(expected)).superRefine((value, ctx) => {
    const parsed = /^[\x21-\x7e]{1,1024}$/.test(value) && URL.canParse(value) ? new URL(value) : undefined;
    const scheme = parsed?.protocol.slice(0, -1) ?? '';
    const local = scheme === 'unix';
    const reachable = local
      ? /^unix:\/\/\/[^?#]+$/.test(value)
      : parsed?.hostname !== '' && !/[?#]/.test(value);
    if (!schemes.includes(scheme) || !reachable)
      ctx.addIssue({ code: 'custom', message: `must be ${expected}` });
  });
}
