import type { Io } from '../terminal/io.ts';
import { widthOf } from '../view/width.ts';

/**
 * The end of a terminal's text, drawn again and again in place. Whoever writes beside it closes it first.
 *
 * The cursor stays visible: nothing has to be restored however the process ends.
 */
export class LiveArea {
  readonly #io: Io;
  #drawn: readonly string[] = [];
  #closed = false;

  constructor(io: Io) {
    this.#io = io;
  }

  /** @param lines each no wider than the terminal; where they are more than it has rows, only the last are drawn */
  draw(lines: readonly string[]): void {
    if (this.#closed) return;
    this.#replace(lines.slice(-Math.max(1, this.#io.rows - 1)));
  }

  /** Draws all lines a last time and leaves them there. */
  close(lines: readonly string[]): void {
    if (this.#closed) return;
    this.#replace(lines);
    this.#closed = true;
  }

  #replace(lines: readonly string[]): void {
    const up = rowsOf(this.#drawn, this.#io.columns);
    const erase = up === 0 ? '' : `\u001b[${up}F\u001b[0J`;
    // In one write, so that no half of it is ever seen.
    this.#io.write(erase + lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines;
  }
}

/** A terminal that has become narrower has wrapped what was drawn in it. */
const rowsOf = (lines: readonly string[], columns: number): number =>
  lines.reduce((rows, line) => rows + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
