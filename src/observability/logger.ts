import { type DestinationStream, type Logger, pino } from 'pino';
import { LiveMask } from './mask.ts';

export type { Logger } from 'pino';

/** Fields whose values are never written, at the first three levels. */
const secretFields = [
  'password',
  'secret',
  'webhookSecret',
  'token',
  'authorization',
  'privateKey',
  'signature',
];
const redact = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

export interface LoggerOptions {
  level?: string;
  /** Takes the secrets out of every line, wherever they come from. */
  mask?: LiveMask;
  destination?: DestinationStream;
}

/** A logger that writes one JSON object per line, with secrets left out. */
export function createLogger({
  level = 'info',
  mask = new LiveMask(),
  destination,
}: LoggerOptions = {}): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redact, censor: '***' },
    hooks: { streamWrite: mask.json },
  };
  return destination ? pino(options, destination) : pino(options);
}
