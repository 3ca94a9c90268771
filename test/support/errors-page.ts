import { writeFile } from 'node:fs/promises';
import { type ErrorEntry, errorCatalogue } from '../../src/domain/errors/catalogue.ts';

/** The page of docs/errors.md: every code, what it means, what to do. */
export function errorsPage(catalogue: Record<string, ErrorEntry>): string {
  const rows = Object.entries(catalogue)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { meaning, hint }]) => `## ${code}\n\n${meaning}\n\n**What to do:** ${hint}\n`);
  const head = [
    '# Errors',
    '',
    'Every error Siskin shows has a code, a sentence about what happened, and a hint. In the API they come as',
    '`{ "error": { "code", "message", "hint" } }`, in the CLI as `error CODE: message`. This page is made from',
    'the catalogue in `src/domain/errors/` by `npm run docs:errors`.',
    '',
  ];
  return `${head.join('\n')}\n${rows.join('\n')}`;
}

if (process.argv[1] === import.meta.filename) {
  await writeFile(new URL('../../docs/errors.md', import.meta.url), errorsPage(errorCatalogue));
}
