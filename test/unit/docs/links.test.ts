import { describe, expect, it } from 'vitest';
import { brokenLinks, docsPages } from '../../support/docs-pages.ts';

describe('the links of the docs', () => {
  const pages = docsPages();

  it('are looked at in every page', () => {
    const paths = pages.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining(['README.md', 'ARCHITECTURE.md', 'docs/errors.md', 'docs/guides/first-app.md']),
    );
  });

  it.each(pages.map((page) => [page.path, page] as const))('of %s lead somewhere', (_path, page) => {
    expect(brokenLinks(page)).toEqual([]);
  });

  it('are found broken when a file or a heading is not there', () => {
    const text = '# One\n[a](nowhere.md) [b](#two) [c](#one) [d](../README.md) [e](https://example.com)\n';
    expect(
      brokenLinks({ path: 'README.md', text: text.replace('#one', 'ARCHITECTURE.md#architecture') }),
    ).toEqual(['nowhere.md', '#two', '../README.md']);
  });
});
