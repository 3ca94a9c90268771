import stringWidth from 'string-width';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes in a terminal: two for each Korean, Chinese or Japanese character, none for colours. */
export const widthOf = (text: string): number => stringWidth(text);

/**
 * A text without colours cut to at most `columns`, with an ellipsis where something was cut. A character of two
 * columns is never cut in half.
 */
export function cut(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (text.length * 2 <= columns || widthOf(text) <= columns) return text;
  let kept = '';
  let left = columns - 1;
  for (const { segment } of graphemes.segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text with spaces behind it up to `columns`. */
export const pad = (text: string, columns: number): string =>
  text + ' '.repeat(Math.max(0, columns - widthOf(text)));
