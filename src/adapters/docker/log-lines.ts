import { cleanLine } from './build-progress.ts';

/** The engine's multiplexed log: frames of an 8-byte header (stream, 0, 0, 0, length) and a payload. */
const headerBytes = 8;

/** A container's log as it was printed, both streams. */
export function logText(raw: Buffer): string {
  const parts: Buffer[] = [];
  let offset = 0;
  while (offset + headerBytes <= raw.length) {
    const length = raw.readUInt32BE(offset + 4);
    parts.push(raw.subarray(offset + headerBytes, offset + headerBytes + length));
    offset += headerBytes + length;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Its lines without control characters, each at most 2,000 characters. */
export const logLines = (raw: Buffer, mask: (text: string) => string): string[] =>
  logText(raw)
    .split('\n')
    .map((line) => cleanLine(line, mask))
    .filter((line) => line !== '');
