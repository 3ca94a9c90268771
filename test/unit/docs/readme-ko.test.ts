import { describe, expect, it } from 'vitest';
import { fences, readPage } from '../../support/docs-pages.ts';

const english = readPage('README.md').text;
const korean = readPage('README.ko.md').text;

/** The shape of a page: the depth of each heading, how many items and table rows stand below it, in order. */
const outline = (text: string): string[] =>
  text
    .replace(/^```[\s\S]*?^```$/gm, '```')
    .split('\n')
    .flatMap((line) => /^(#+ |- |\d+\. |\| |```)/.exec(line)?.[1]?.trim() ?? []);

/** Blocks are the same to the letter, but for what a shell takes for a comment. */
const blocks = (text: string): string[] =>
  fences({ text }).map(({ language, text: block }) =>
    language === 'sh' ? block.replace(/ +#.*$/gm, '') : block,
  );

const links = (text: string): string[] =>
  [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((one) => !/^README/.test(one));

/** Commands, keys and paths, each as often as it stands there. */
const code = (text: string): string[] =>
  [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span).sort();

describe('the Korean README', () => {
  it('has every heading, item and table row of the English one', () =>
    expect(outline(korean)).toEqual(outline(english)));
  it('shows the same commands, files and output', () => expect(blocks(korean)).toEqual(blocks(english)));
  it('leads to the same pages', () => expect(links(korean)).toEqual(links(english)));
  it('names the same commands and keys', () => expect(code(korean)).toEqual(code(english)));
  it('is in Korean', () => expect(korean.match(/[가-힣]/g)?.length).toBeGreaterThan(2_000));
});
