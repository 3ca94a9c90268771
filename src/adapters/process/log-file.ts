import { copyFile, open, stat, truncate } from 'node:fs/promises';

/** Default size at which a log is turned: 10 MB. */
export const defaultMaxLogBytes = 10 * 1024 * 1024;

/**
 * Keeps one old copy beside a log that grew too long. The writer has it open for appending, so cutting it is enough.
 * Lines written between the copy and the cut are lost; a bounded disk is worth more.
 */
export async function rotateLog(path: string, maxBytes: number): Promise<void> {
  if ((await stat(path)).size <= maxBytes) return;
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
}

/** The last lines of a log, from its last 8 KiB; '' when there is none. */
export async function tailOf(path: string, lines: number): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 8 * 1024);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString('utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } finally {
    await file.close();
  }
}
