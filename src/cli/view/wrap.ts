import { neutral } from '../terminal/output.ts';
import { widthOf } from './width.ts';

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * A text from outside as neutral lines of at most `columns`, broken between words where it can be. Its own line ends
 * stay.
 */
export const wrapped = (text: string, columns: number): string[] =>
  text.split(/\r?\n/).flatMap((line) => wrapLine(neutral(line), Math.max(1, columns)));

function wrapLine(line: string, columns: number): string[] {
  if (!Number.isFinite(columns) || widthOf(line) <= columns) return [line];
  const lines = [''];
  let left = columns;
  for (const word of line.split(/(?<= )/)) {
    if (widthOf(word.trimEnd()) > left && left < columns) {
      lines.push('');
      left = columns;
    }
    for (const part of piecesOf(word, columns)) {
      if (widthOf(part.trimEnd()) > left) {
        lines.push('');
        left = columns;
      }
      lines[lines.length - 1] += part;
      left -= widthOf(part);
    }
  }
  return lines.map((one) => one.trimEnd());
}

/** A word that is longer than a line goes in character by character. */
const piecesOf = (word: string, columns: number): string[] =>
  widthOf(word.trimEnd()) <= columns ? [word] : [...graphemes.segment(word)].map(({ segment }) => segment);
