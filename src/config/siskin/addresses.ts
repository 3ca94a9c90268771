import { isIPv4, isIPv6 } from 'node:net';
import * as z from 'zod';
import { must } from '../fields.ts';
import type { ListenAddress } from './types.ts';

const listenPattern = /^(\[[0-9A-Fa-f:.]+\]|[\d.]+|localhost):(\d{1,5})$/;

/** `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`. */
export const listenAddress = (example: string) =>
  addressAndPort(`an IP address and port to listen on, such as ${example}`);

/** Where another host listens: `192.168.0.20:443`, `[fd00::2]:443`. */
export const peerAddress = (example: string) =>
  addressAndPort(
    `an IP address and port of another host, such as ${example}`,
    (host) => !['localhost', '0.0.0.0', '::'].includes(host),
  );

const addressAndPort = (expected: string, allowed: (host: string) => boolean = () => true) =>
  z
    .string(must(expected))
    .regex(listenPattern, must(expected))
    .transform((value, ctx): ListenAddress => {
      const [, written = '', port] = listenPattern.exec(value) ?? [];
      const host = written.replace(/^\[|\]$/g, '');
      const known = written.startsWith('[') ? isIPv6(host) : host === 'localhost' || isIPv4(host);
      if (known && allowed(host) && Number(port) >= 1 && Number(port) <= 65_535)
        return { host, port: Number(port) };
      ctx.addIssue({ code: 'custom', message: `must be ${expected}` });
      return z.NEVER;
    });

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
