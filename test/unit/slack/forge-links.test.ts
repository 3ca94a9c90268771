import { expect, it } from 'vitest';
import { commitUrl, githubProfileUrl } from '../../../src/domain/forge-links.ts';

const sha = 'a'.repeat(40);

it.each([
  ['https://github.com/acme/shop.git', `https://github.com/acme/shop/commit/${sha}`],
  ['git@github.com:acme/Shop.git', `https://github.com/acme/Shop/commit/${sha}`],
  ['ssh://git@ssh.github.com:443/acme/shop', `https://github.com/acme/shop/commit/${sha}`],
  ['https://gitlab.example.com/a/b/c.git', `https://gitlab.example.com/a/b/c/-/commit/${sha}`],
  ['https://bitbucket.org/acme/shop', `https://bitbucket.org/acme/shop/commits/${sha}`],
  ['/srv/git/shop.git', null],
  ['file:///srv/git/shop.git', null],
  ['https://localhost/acme/shop', null],
  ['https://evil.example|x/acme/shop', null],
  ['https://github.com/../shop', null],
  ['https://github.com/acme/<!channel>', null],
])('a commit of %s is at %s', (repository, url) => {
  expect(commitUrl(repository, sha)).toBe(url);
});

it('links nothing to a commit that is none, and a pusher only on GitHub itself', () => {
  expect(commitUrl('https://github.com/acme/shop', 'HEAD')).toBeNull();
  expect(githubProfileUrl('https://github.com/acme/shop', 'ana-lee')).toBe('https://github.com/ana-lee');
  expect(githubProfileUrl('https://github.com/acme/shop', 'Ana Lee')).toBeNull();
  expect(githubProfileUrl('https://git.example.com/acme/shop', 'ana')).toBeNull();
});
