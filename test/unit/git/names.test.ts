import { describe, expect, it } from 'vitest';
import { gitWords, knownFailure } from '../../../src/adapters/git/git-failure.ts';
import { isBranchName } from '../../../src/adapters/git/refs.ts';
import { parseRepository, withoutCredentials } from '../../../src/adapters/git/repository-url.ts';
import { cleanPath, parseTreeLine } from '../../../src/adapters/git/tree.ts';

describe('isBranchName', () => {
  it.each(['main', 'release/1.2', 'a-b_c', 'fix#12', 'zweig-ü', 'a.b', 'x@y', 'a'.repeat(255)])(
    'accepts %s',
    (name) => {
      expect(isBranchName(name)).toBe(true);
    },
  );

  it.each([
    '--upload-pack=touch /tmp/x',
    '-bevil',
    'a b',
    'a..b',
    'a@{1}',
    'a\nb',
    'a'.repeat(300),
    '',
    '@',
    'HEAD',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.lock',
    'a.lock/b',
    'a.',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a\x7f',
  ])('threat 9: refuses the branch %j', (name) => {
    expect(isBranchName(name)).toBe(false);
  });
});

describe('parseRepository', () => {
  it.each([
    ['https://example.com/a/b.git', 'https'],
    ['ssh://git@example.com:22/a/b.git', 'ssh'],
    ['git@example.com:a/b.git', 'ssh'],
    ['file:///srv/a.git', 'file'],
    ['/srv/a.git', 'file'],
  ])('reads %s', (repository, protocol) => {
    expect(parseRepository(repository)).toEqual({ url: repository, protocol, credentials: null });
  });

  it('takes the credentials out of an address, so that they never stand in an argument', () => {
    expect(parseRepository('https://ada:p%40ss@example.com/a.git')).toEqual({
      url: 'https://example.com/a.git',
      protocol: 'https',
      credentials: { username: 'ada', password: 'p@ss' },
    });
  });

  it.each([
    'ext::sh -c id',
    'ext::id',
    'fd::7',
    'http://example.com/a.git',
    'git://example.com/a.git',
    'ssh://-oProxyCommand=id/x',
    'ssh://-oProxyCommand=id@host/x',
    'ssh://host/-x',
    'git@-oProxyCommand=id:x',
    '-oProxyCommand=id:x',
    '--upload-pack=id',
    'a/b',
    'git@host:-x',
    'https://example.com/a\n.git',
  ])('threat 10: refuses the repository %j', (repository) => {
    expect(() => parseRepository(repository)).toThrow(expect.objectContaining({ code: 'SOURCE_REFUSED' }));
  });
});

describe('what git says', () => {
  it.each([
    ["fatal: couldn't find remote ref refs/heads/x", 'BRANCH_MISSING'],
    ['fatal: remote error: upload-pack: not our ref 0123', 'COMMIT_MISSING'],
    ["fatal: Authentication failed for 'https://h/x/'", 'SOURCE_TOKEN_REFUSED'],
    ["fatal: could not read Username for 'https://h': terminal prompts disabled", 'SOURCE_TOKEN_REFUSED'],
    ["fatal: unable to access 'https://h/': The requested URL returned error: 403", 'SOURCE_TOKEN_REFUSED'],
    ['git@h: Permission denied (publickey).', 'SOURCE_KEY_REFUSED'],
    ['Host key verification failed.\nfatal: Could not read from remote repository.', 'HOST_KEY_UNKNOWN'],
    ["fatal: unable to access 'https://h/': Could not resolve host: h", 'SOURCE_UNREACHABLE'],
    [
      'ssh: connect to host h port 22: Connection refused\nPlease make sure you have the correct access rights',
      'SOURCE_UNREACHABLE',
    ],
    ["fatal: unable to access 'https://h/': The requested URL returned error: 502", 'SOURCE_UNREACHABLE'],
    ['fatal: early EOF\nfatal: fetch-pack: invalid index-pack output', 'SOURCE_UNREACHABLE'],
  ])('%s → %s', (words, code) => {
    expect(knownFailure(words, 'it')?.code).toBe(code);
  });

  it('is not understood when it is about the mirror itself', () => {
    expect(knownFailure('fatal: bad object HEAD', 'it')).toBeUndefined();
    expect(
      knownFailure("error: object file x is empty\nfatal: loose object 'x' is corrupt", 'it'),
    ).toBeUndefined();
  });

  it('threat 23: comes without control characters and credentials, in bounded length', () => {
    const words = gitWords(`\x1b[31mfatal:\x1b[0m https://ada:secret@h/x ${'y'.repeat(5000)}\nhint: z`);
    expect(words).toMatch(/^fatal: https:\/\/\*\*\*@h\/x y+$/);
    expect(words.length).toBeLessThanOrEqual(600);
    expect(withoutCredentials('https://token@h/x')).toBe('https://***@h/x');
  });
});

describe('paths of a repository', () => {
  it('are cleaned', () => {
    expect(['.', './web//app/', 'a/../b', ''].map(cleanPath)).toEqual(['', 'web/app', 'b', '']);
  });

  it.each(['../x', 'a/../../x', '/etc/passwd', 'a\0b'])('threat 12: %j is refused', (path) => {
    expect(() => cleanPath(path)).toThrow(expect.objectContaining({ code: 'FILE_REFUSED' }));
  });

  it('are read from ls-tree, tabs and newlines included', () => {
    const oid = 'a'.repeat(40);
    expect(parseTreeLine(`100755 blob ${oid}     12\ta\tb\nc`)).toEqual({
      path: 'a\tb\nc',
      kind: 'executable',
      oid,
      size: 12,
    });
    expect(parseTreeLine(`160000 commit ${oid}       -\tsub`)).toEqual({
      path: 'sub',
      kind: 'submodule',
      oid,
      size: 0,
    });
    expect(parseTreeLine('nonsense')).toBeUndefined();
  });
});
