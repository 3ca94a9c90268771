import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

export interface DocsPage {
  /** Relative to the repository. */
  path: string;
  text: string;
}

/** The pages that users read: README in both languages, ARCHITECTURE and all of docs/. */
export function docsPages(): DocsPage[] {
  const inDocs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const paths = ['README.md', 'README.ko.md', 'ARCHITECTURE.md', ...inDocs.map((path) => join('docs', path))];
  return paths.filter((path) => path.endsWith('.md')).map(readPage);
}

export const readPage = (path: string): DocsPage => ({ path, text: readFileSync(join(root, path), 'utf8') });

export interface Fence {
  language: string;
  text: string;
}

/** The fenced blocks of a page, in order. */
export const fences = ({ text }: Pick<DocsPage, 'text'>): Fence[] =>
  [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));

const withoutFences = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** What is wrong with a page's relative links: files that are not there, headings that are not in them. */
export function brokenLinks({ path, text }: DocsPage): string[] {
  const targets = [...withoutFences(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target));
}

function leadsSomewhere(from: string, target: string): boolean {
  const [file = '', heading] = target.split('#');
  const absolute = file === '' ? join(root, from) : resolve(root, dirname(from), file);
  if (relative(root, absolute).startsWith('..') || !existsSync(absolute)) return false;
  return heading === undefined || headings(readFileSync(absolute, 'utf8')).includes(heading);
}

/** The names GitHub gives to headings: small letters, dashes for spaces, no other marks. */
const headings = (text: string): string[] =>
  [...withoutFences(text).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );

/** The words after `siskin` wherever a page shows a command: in code, at the beginning or after npx. */
export function siskinCommands({ text }: Pick<DocsPage, 'text'>): string[][] {
  const spans = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const lines = fences({ text })
    .filter(({ language }) => language === 'sh')
    .flatMap((fence) => fence.text.split('\n'));
  return [...lines, ...spans]
    .map((line) => /^(?:sudo -u \w+ )?(?:npx )?siskin ([a-z-][^#>|]*)/.exec(line)?.[1]?.trim().split(/\s+/))
    .filter((words) => words !== undefined);
}
