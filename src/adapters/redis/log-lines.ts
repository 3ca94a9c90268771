/** How many lines of a deployment's log are kept, and how long one may be. */
export const logCapacity = 5_000;
const lineBytes = 4_096;

/** A line cut to what is kept; a character cut in half is left out. */
export function boundedLine(line: string): string {
  if (Buffer.byteLength(line) <= lineBytes) return line;
  return `${Buffer.from(line.slice(0, lineBytes))
    .subarray(0, lineBytes - 3)
    .toString()
    .replace(/\ufffd$/, '')}…`;
}
