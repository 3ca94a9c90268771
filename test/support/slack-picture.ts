import type { KnownBlock, RichTextBlockElement, RichTextElement } from '@slack/types';

/** What a person sees of a message, as plain text: a picture for the docs and for golden files. */
export function slackPicture(blocks: readonly KnownBlock[]): string {
  return `${blocks.flatMap(blockLines).join('\n').trimEnd()}\n`;
}

function blockLines(block: KnownBlock): string[] {
  switch (block.type) {
    case 'header':
      return [block.text.text, ''];
    case 'section':
      return [block.text?.text ?? ''];
    case 'context':
      return block.elements.map((one) => ('text' in one ? `  ${one.text}` : '  [image]'));
    case 'rich_text':
      return block.elements.flatMap(richLines);
    case 'actions':
      return [
        '',
        block.elements.map((one) => `[ ${'text' in one && one.text ? one.text.text : '?'} ]`).join('  '),
      ];
    default:
      throw new Error(`no picture of a ${block.type}`);
  }
}

function richLines(element: RichTextBlockElement): string[] {
  if (element.type === 'rich_text_list') throw new Error('no picture of a list');
  const lines = element.elements.map(textOf).join('').split('\n');
  if (element.type === 'rich_text_quote') return lines.map((line) => `│ ${line}`);
  if (element.type === 'rich_text_preformatted') return lines.map((line) => `    ${line}`);
  return lines;
}

function textOf(element: RichTextElement): string {
  if (element.type === 'text') return element.text;
  if (element.type === 'link') return element.text ?? element.url;
  throw new Error(`no picture of a ${element.type}`);
}
