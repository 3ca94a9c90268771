import { type DestinationStream, type Logger, pino } from 'pino';

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
  /** Secrets that stand in no line, wherever they come from; see `mask`. */
  secrets?: readonly string[];
  destination?: DestinationStream;
}

/** A logger that writes one JSON object per line, with secrets left out. */
export function createLogger({ level = 'info', secrets = [], destination }: LoggerOptions = {}): Logger {
  const masked = mask(secrets);
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redact, censor: '***' },
    hooks: { streamWrite: (line: string) => masked(line) },
  };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * Makes a function that replaces the given secrets by `***`, also as they stand in JSON, base64 and URLs.
 * Values shorter than 4 characters are left: to replace those would garble everything.
 */
export function mask(values: readonly string[]): (text: string) => string {
  const forms = values.filter((value) => value.length >= 4).flatMap(writtenForms);
  const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}

const writtenForms = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  Buffer.from(value).toString('base64'),
  encodeURIComponent(value),
];
