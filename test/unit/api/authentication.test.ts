import { describe, expect, it } from 'vitest';
import { hashToken, tokenOf } from '../../../src/api/authentication.ts';

const tokens = [
  { name: 'ci', role: 'deployer' as const, hash: hashToken('good-token') },
  { name: 'eye', role: 'viewer' as const, hash: `sha256:${hashToken('other-token')}` },
];

describe('tokenOf', () => {
  it.each([
    ['Bearer good-token', 'ci'],
    ['bearer other-token', 'eye'],
    ['Bearer good-toke', undefined],
    ['Bearer good-token ', undefined],
    [`Bearer ${hashToken('good-token')}`, undefined],
    ['Basic good-token', undefined],
    ['Bearer ', undefined],
    [`Bearer ${'x'.repeat(513)}`, undefined],
    [undefined, undefined],
  ])('%s', (authorization, name) => {
    expect(tokenOf(tokens, authorization)?.name).toBe(name);
  });

  it('lets nobody in without tokens, nor by a hash that is none', () => {
    expect(tokenOf([], 'Bearer x')).toBeNull();
    expect(tokenOf([{ name: 'bad', role: 'admin', hash: '' }], 'Bearer x')).toBeNull();
  });
});
