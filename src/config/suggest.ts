/**
 * The known word that was probably meant.
 * @returns undefined when none is near: begins as the word does, or is within a third of its length, case and dashes aside
 */
export function suggest(word: string, known: readonly string[]): string | undefined {
  const wanted = plain(word.slice(0, 64));
  const [best] = known
    .map((candidate) => ({ candidate, edits: distance(wanted, plain(candidate)) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return best?.candidate;
}

const distance = (word: string, known: string): number =>
  Math.min(word.length, known.length) > 2 && (word.startsWith(known) || known.startsWith(word))
    ? 1
    : editDistance(word, known);

const plain = (word: string): string => word.toLowerCase().replace(/[-_]/g, '');

/** Edits that make one word the other: a letter more, less, changed, or two neighbours swapped. */
function editDistance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  const at = (line: number, column: number): number => rows[line]?.[column] ?? Number.POSITIVE_INFINITY;
  for (let line = 1; line <= from.length; line += 1) {
    const row = [line];
    rows.push(row);
    for (let column = 1; column <= to.length; column += 1) {
      const changed = at(line - 1, column - 1) + (from[line - 1] === to[column - 1] ? 0 : 1);
      const swaps = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      const swapped = swaps ? at(line - 2, column - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(changed, swapped, at(line - 1, column) + 1, at(line, column - 1) + 1));
    }
  }
  return at(from.length, to.length);
}
