import type { FileVerdict } from '../../domain/host/checkers.ts';
import type { Io } from '../terminal/io.ts';
import { type Color, neutral, paint } from '../terminal/output.ts';

const marks: Record<FileVerdict['outcome'], [string, Color]> = {
  right: ['✓', 'green'],
  wrong: ['✗', 'red'],
  unchecked: ['-', 'dim'],
};

/** One line for each file: `✓ main/docker-compose.yml  checked by docker-compose 1.29.2 config`. */
export function writeVerdicts(io: Io, verdicts: readonly FileVerdict[]): void {
  const longest = Math.max(0, ...verdicts.map(({ path }) => path.length));
  for (const verdict of verdicts) {
    const [mark, color] = marks[verdict.outcome];
    io.write(
      `${paint(io, color, mark)} ${neutral(verdict.path.padEnd(longest))}  ${neutral(sentence(verdict))}\n`,
    );
  }
}

function sentence({ outcome, by, words }: FileVerdict): string {
  if (outcome === 'right') return `checked by ${by}`;
  if (outcome === 'wrong') return `refused by ${by}: ${words}`;
  return by === null ? `not checked: ${words}` : `not checked by ${by}: ${words}`;
}
