import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { usersFileProblem } from '../../../src/domain/front/users-file.ts';

const openssl = (...args: string[]) =>
  execFileSync('openssl', ['passwd', ...args, 'a password'], { encoding: 'utf8' }).trim();

describe('a file of users', () => {
  it.each([
    ['SHA-512', () => openssl('-6')],
    ['SHA-256', () => openssl('-5')],
    ['apr1', () => openssl('-apr1')],
    ['bcrypt', () => `$2y$10$${'a'.repeat(53)}`],
    ['SSHA', () => `{SSHA}${Buffer.alloc(28, 1).toString('base64')}`],
  ])('may have hashes of %s', (_, make) => {
    expect(usersFileProblem(`# the team\n\nana:${make()}\r\nben:${make()}:a comment\n`)).toBeUndefined();
  });

  it.each([
    ['', 'names no user'],
    ['# nobody\n', 'names no user'],
    ['ana:secret', 'has no hash of a password in line 1: openssl passwd -6 makes one'],
    ['ana:{PLAIN}secret', 'has no hash of a password in line 1: openssl passwd -6 makes one'],
    ['# x\nana', 'has no hash of a password in line 2: openssl passwd -6 makes one'],
    [':$6$x$y', 'has no user name in line 1'],
    ['a b:$6$x$y', 'has no user name in line 1'],
  ])('%j %s', (text, problem) => expect(usersFileProblem(text)).toBe(problem));
});
