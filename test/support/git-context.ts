import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';

/** What a build context holds, by path: text of files, `-> target` of links; folders are left out. Throws what the stream throws. */
export async function readContext(context: Readable): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  const archive = extract();
  archive.on('entry', (header, content, next) => {
    const chunks: Buffer[] = [];
    content.on('data', (chunk) => chunks.push(chunk as Buffer));
    content.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      if (header.type === 'symlink') found[header.name] = `-> ${header.linkname ?? ''}`;
      else if (header.type !== 'directory') found[header.name] = text;
      next();
    });
  });
  await pipeline(context, archive as unknown as NodeJS.WritableStream);
  return found;
}
