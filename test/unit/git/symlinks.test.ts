import { describe, expect, it } from 'vitest';
import { leadsOut } from '../../../src/adapters/git/symlinks.ts';

describe('leadsOut', () => {
  it.each([
    ['stays in its folder', { 'a/l': 'b.txt' }, 'a/l', false],
    ['goes up and down inside', { 'a/b/l': '../../c/d' }, 'a/b/l', false],
    ['is the root itself', { 'a/l': '..' }, 'a/l', false],
    ['dangles inside', { l: 'nowhere/at/all' }, 'l', false],
    ['is a loop', { a: 'b', b: 'a' }, 'a', false],
  ])('a link that %s does not', (_, links, link, expected) => {
    expect(leadsOut(link, new Map(Object.entries(links)))).toBe(expected);
  });

  it.each([
    ['is absolute', { l: '/etc/passwd' }, 'l'],
    ['goes above the root', { l: '../x' }, 'l'],
    ['goes out and comes back', { 'a/l': '../../context/x' }, 'a/l'],
    ['goes out by way of another link', { 'x/up': '..', 'y/l': '../x/up/..' }, 'y/l'],
    ['leads to an absolute one', { a: '/etc', b: 'a/passwd' }, 'b'],
  ])('threat 12: a link that %s does', (_, links, link) => {
    expect(leadsOut(link, new Map(Object.entries(links)))).toBe(true);
  });
});
