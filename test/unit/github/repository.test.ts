import { describe, expect, it } from 'vitest';
import { rateLimitMs } from '../../../src/adapters/github/rate-limit.ts';
import { githubRepository, hostOfApi } from '../../../src/domain/github/repository.ts';

it.each([
  ['https://api.github.com', 'github.com'],
  ['https://api.acme.ghe.com', 'acme.ghe.com'],
  ['https://git.acme.example/api/v3', 'git.acme.example'],
  ['https://api.acme.example/api/v3', 'api.acme.example'],
])('%s is the API of %s', (api, host) => expect(hostOfApi(api)).toBe(host));

describe('the repository of an address', () => {
  const api = 'https://api.github.com';
  it.each([
    'https://github.com/Acme/Shop.git',
    'https://github.com/acme/shop/',
    'ssh://git@github.com/acme/shop.git',
    'ssh://git@ssh.github.com:443/acme/shop.git',
    'git@github.com:acme/shop.git',
  ])('%s', (address) => expect(githubRepository(address, api)).toEqual({ owner: 'acme', repo: 'shop' }));

  it.each([
    'https://gitlab.com/acme/shop.git',
    'https://github.com.evil.example/acme/shop.git',
    'https://github.com/acme/shop/wiki',
    'https://github.com/acme',
    'https://github.com/acme/%2e%2e',
    '/srv/git/acme/shop.git',
    'file:///srv/git/shop.git',
  ])('%s is none', (address) => expect(githubRepository(address, api)).toBeNull());
});

describe('patience', () => {
  const now = Date.parse('2026-11-25T10:00:00Z');
  const ms = (status: number, headers: Record<string, string>, message = '') =>
    rateLimitMs({ status, headers, message }, now);
  it('without a date, the reset is compared with the own clock', () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 90) };
    expect(ms(403, headers)).toBe(90_000);
  });
  it('is never less than a second nor more than an hour', () => {
    expect(ms(429, { 'retry-after': '0' })).toBe(1_000);
    expect(ms(429, { 'retry-after': '999999' })).toBe(3_600_000);
    const past = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 - 5) };
    expect(ms(403, past)).toBe(1_000);
  });
  it('is a minute for a 429 that says nothing, and none for a missing permission', () => {
    expect(ms(429, {})).toBe(60_000);
    expect(ms(429, { 'retry-after': 'soon' })).toBe(60_000);
    expect(ms(403, { 'x-ratelimit-remaining': '4999' }, 'Resource not accessible')).toBeNull();
    expect(ms(500, {})).toBeNull();
    expect(ms(503, { 'retry-after': '5' })).toBe(5_000);
  });
});
