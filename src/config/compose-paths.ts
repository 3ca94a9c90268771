import type { Path } from './yaml-path.ts';

const textKeys = new Set(['environment', 'labels', 'command', 'entrypoint', 'user', 'expose', 'tmpfs']);
const textUnder: Record<string, string> = { build: 'args', logging: 'options', healthcheck: 'test' };

/** Where Compose wants text: `1.10` and `true` stay what they were written as. */
export const isTextPath = ([top, , key, under]: Path): boolean =>
  top === 'services' &&
  typeof key === 'string' &&
  (textKeys.has(key) || (under !== undefined && textUnder[key] === under));

/** Values of variables may be secrets, wherever they came from. */
export const isSecretPath = ([, , key, under]: Path): boolean => key === 'environment' || under === 'args';
