import { describe, expect, it } from 'vitest';
import { parsePointer } from '../../../src/adapters/git/lfs-pointers.ts';
import { submoduleAddress } from '../../../src/adapters/git/submodule-address.ts';

describe('a submodule’s address', () => {
  it.each([
    ['../lib.git', 'https://h/acme/shop.git', 'https://h/acme/lib.git'],
    ['../../other/lib', 'https://h:8443/acme/shop.git/', 'https://h:8443/other/lib'],
    ['./lib', 'ssh://git@h:2222/acme/shop', 'ssh://git@h:2222/acme/shop/lib'],
    ['../lib.git', 'git@h:acme/shop.git', 'git@h:acme/lib.git'],
    ['git@other:a/b.git', 'https://h/x', 'git@other:a/b.git'],
    ['https://other/a', 'git@h:x', 'https://other/a'],
  ])('%s of %s is %s', (written, repository, address) => {
    expect(submoduleAddress(written, repository, 'lib')).toBe(address);
  });

  it.each([
    ['../../../x', 'https://h/acme/shop.git', /leads out of the host/],
    ['../shop.git', '/srv/git/app.git', /relative to a folder of this machine/],
    ['/srv/git/x', 'https://h/x', /is a path of this machine/],
    ['file:///srv/x', 'https://h/x', /is a path of this machine/],
    ['http://h/x', 'https://h/x', /is neither/],
    ['git://h/x', 'https://h/x', /is neither/],
    ['ext::sh -c id', 'https://h/x', /odd characters/],
    ['ext::id', 'https://h/x', /is neither/],
    ['-oProxyCommand=x', 'https://h/x', /is neither/],
    ['https://u:planted@h/x', 'https://h/x', /has a user or password/],
    ['https://h/\u202ex', 'https://h/x', /odd characters/],
  ])('threat 10: %s of %s is refused', (written, repository, message) => {
    expect(() => submoduleAddress(written, repository, 'lib')).toThrow(message);
    expect(() => submoduleAddress(written, repository, 'lib')).toThrow(
      expect.objectContaining({ code: 'SUBMODULE_REFUSED' }),
    );
  });
});

describe('a Git LFS pointer', () => {
  const oid = 'a'.repeat(64);
  const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 12345\n`;
  it('is told from other files', () => {
    expect(parsePointer(text)).toEqual({ oid, size: 12345 });
    expect(parsePointer(` ${text}`)).toBeUndefined();
    expect(parsePointer(text.replace(oid, '../../etc'))).toBeUndefined();
    expect(parsePointer(text.replace('12345', '-1'))).toBeUndefined();
  });
});
