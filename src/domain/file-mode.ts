/**
 * Whether a file with a secret is open to more than it is for.
 * @param mode permission bits, as stat(2) gives them
 * @param mayRead `owner`: nobody else, which is also what ssh asks of a key; `group`: its group may read it, which is how a
 *   service is given a key that root owns
 */
export const isExposed = (mode: number, mayRead: 'owner' | 'group'): boolean =>
  (mode & (mayRead === 'owner' ? 0o077 : 0o027)) !== 0;

/** `640`, as chmod(1) takes it. */
export const modeText = (mode: number): string => (mode & 0o777).toString(8).padStart(3, '0');
