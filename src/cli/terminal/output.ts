import pc from 'picocolors';
import type { DeploymentState } from '../../domain/deployment.ts';
import type { Io } from './io.ts';

// Controls (Cc) and format characters (Cf: zero-width, bidirectional) can repaint a terminal or hide text.
const unsafe = /[\p{Cc}\p{Cf}\u2028\u2029]/gu;

const escapeAllBut =
  (kept: string) =>
  (char: string): string =>
    char === kept ? char : char.split('').map(codeUnit).join('');
const codeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Text from outside, fit for a terminal: one line, control characters but the tab shown as escapes. */
export const neutral = (text: string): string => text.replace(unsafe, escapeAllBut('\t'));

/** A value as JSON for people and programs, with nothing in it that a terminal obeys. */
export function writeJson(io: Io, value: unknown): void {
  // The only raw control character in JSON text is the line end between its lines.
  io.write(`${JSON.stringify(value, null, 2).replace(unsafe, escapeAllBut('\n'))}\n`);
}

/** The same on one line. */
export const writeJsonLine = (io: Io, value: unknown): void =>
  io.write(`${JSON.stringify(value).replace(unsafe, escapeAllBut(''))}\n`);

const colors = pc.createColors(true);
export type Color = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** The text in a colour, or as it is where none is shown. */
export const paint = (io: Pick<Io, 'color'>, color: Color, text: string): string =>
  io.color ? colors[color](text) : text;

const stateColors: Record<DeploymentState, Color> = {
  queued: 'dim',
  fetching: 'cyan',
  building: 'cyan',
  preparing: 'cyan',
  canary: 'yellow',
  rolling: 'cyan',
  watching: 'cyan',
  held: 'yellow',
  frozen: 'yellow',
  succeeded: 'green',
  rolled_back: 'red',
  failed: 'red',
  cancelled: 'dim',
  superseded: 'dim',
};

export const stateColor = (state: DeploymentState): Color => stateColors[state];

/** `3 min ago` from ISO 8601 times; the time itself where it cannot be read. */
export function ago(iso: string, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(iso)) / 1000);
  if (!Number.isFinite(seconds)) return neutral(iso);
  if (seconds < 60) return `${Math.max(0, seconds)} s ago`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** `12.3 s` or `4 min 5 s` between two ISO 8601 times; empty while there is no end. */
export function took(from: string | null, to: string | null): string {
  if (from === null || to === null) return '';
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
