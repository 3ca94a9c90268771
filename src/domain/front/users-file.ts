/** What crypt(3) of glibc, musl and nginx itself all know: SHA-512, SHA-256, apr1, SSHA; and bcrypt where libxcrypt is. */
const hash =
  /^(\$[56]\$(rounds=\d{4,9}\$)?[^$:]{1,16}\$[./0-9A-Za-z]{43,86}|\$apr1\$[^$:]{1,8}\$[./0-9A-Za-z]{22}|\$2[aby]\$\d\d\$[./0-9A-Za-z]{53}|\{SSHA\}[A-Za-z0-9+/=]{24,64})$/;

/**
 * What is wrong with a file of users for basic authentication; the lines' contents are never part of it.
 * @returns undefined when it is right
 */
export function usersFileProblem(text: string): string | undefined {
  const lines = text.split('\n').map((line, index) => ({ line: line.replace(/\r$/, ''), number: index + 1 }));
  const entries = lines.filter(({ line }) => line !== '' && !line.startsWith('#'));
  if (entries.length === 0) return 'names no user';
  for (const { line, number } of entries) {
    const [user = '', written = ''] = line.split(':');
    if (!/^[\x21-\x7e]{1,64}$/.test(user)) return `has no user name in line ${number}`;
    if (!hash.test(written))
      return `has no hash of a password in line ${number}: openssl passwd -6 makes one`;
  }
  return undefined;
}
