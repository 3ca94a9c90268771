import type {
  ContextBlock,
  HeaderBlock,
  PlainTextElement,
  RichTextBlock,
  RichTextElement,
  RichTextLink,
  RichTextText,
} from '@slack/types';
import { plainLine, shortened } from '../../../domain/texts/plain.ts';

/**
 * Slack's limits, in characters (Block Kit reference). What stands in rich text and plain text is never read as markup:
 * texts from outside come into no other element.
 */
export const limits = { header: 150, text: 3_000, button: 75, value: 2_000, blocks: 50, fallback: 3_000 };

export const plain = (text: string, longest: number = limits.text): PlainTextElement => ({
  type: 'plain_text',
  text: shortened(text, longest),
  emoji: true,
});

export const header = (text: string): HeaderBlock => ({ type: 'header', text: plain(text, limits.header) });

export const context = (text: string): ContextBlock => ({
  type: 'context',
  elements: [{ ...plain(text), emoji: false }],
});

export const words = (text: string): RichTextText => ({ type: 'text', text: shortened(text, limits.text) });

export const bold = (text: string): RichTextText => ({ ...words(text), style: { bold: true } });

export const code = (text: string): RichTextText => ({ ...words(text), style: { code: true } });

/** One line of a text from outside: a dash where nothing of it can be seen, as Slack takes no empty text. */
export const outside = (text: string, longest = 300): RichTextText => words(plainLine(text, longest) || '–');

export const link = (url: string, text: string, isCode = false): RichTextLink => ({
  type: 'link',
  url,
  text,
  ...(isCode && { style: { code: true } }),
});

/** Each line is its elements. */
export const lines = (rows: RichTextElement[][]): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: joined(rows) }],
});

export const quote = (rows: RichTextElement[][]): RichTextBlock => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_quote', elements: joined(rows) }],
});

const joined = (rows: RichTextElement[][]): RichTextElement[] =>
  rows.flatMap((row, index) => (index === 0 ? row : [words('\n'), ...row]));
