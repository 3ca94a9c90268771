import { SiskinError } from '../errors/siskin-error.ts';
import type { Listen } from './settings.ts';

const refuse = (what: string, value: string): never => {
  throw new SiskinError(
    'FRONT_REFUSED',
    `${JSON.stringify(value.slice(0, 80))} cannot be ${what} of the front.`,
  );
};

/** A value that stands between double quotes in nginx's configuration. @throws SiskinError FRONT_REFUSED */
export const quotable = (value: string): string =>
  /^[\x20-\x7e]{1,2000}$/.test(value) && !/["\\$]/.test(value) ? value : refuse('a value', value);

/** An absolute path, likewise. @throws SiskinError FRONT_REFUSED */
export const asPath = (path: string): string =>
  path.startsWith('/') && path.length <= 1024 && !/["\\$\p{Cc}]/u.test(path) ? path : refuse('a path', path);

/** Text that stands for itself in a regular expression. @throws SiskinError FRONT_REFUSED */
export const asRegex = (text: string): string =>
  /^[A-Za-z0-9._~/-]{0,256}$/.test(text) ? text.replaceAll('.', '\\.') : refuse('a pattern', text);

/** Addresses and networks. @throws SiskinError FRONT_REFUSED */
export const list = (networks: string[]): string[] =>
  networks.map((one) => (/^[0-9A-Fa-f:.]{2,45}(\/\d{1,3})?$/.test(one) ? one : refuse('a network', one)));

/** `0.0.0.0:80`, `[::]:80`. */
export const endpoint = ({ host, port }: Listen): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
