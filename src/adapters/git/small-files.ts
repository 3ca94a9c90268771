import { ContextContents } from './context-contents.ts';
import type { ContextEntry } from './context-entries.ts';

/** Reads entries whole, one after the other: small ones, of a size that was checked. */
export async function* readSmall(
  entries: readonly ContextEntry[],
): AsyncGenerator<{ entry: ContextEntry; text: string }> {
  // as files: a symbolic link's target is its content
  const contents = new ContextContents(entries.map((entry) => ({ ...entry, kind: 'file' })));
  try {
    for (const entry of entries) {
      const chunks: Buffer[] = [];
      for await (const chunk of await contents.next(entry)) chunks.push(chunk);
      yield { entry, text: Buffer.concat(chunks).toString('utf8') };
    }
  } finally {
    await contents.close();
  }
}
