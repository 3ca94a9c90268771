import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { Input, Io } from '../terminal/io.ts';

/** A little more than a value may have; the store tells the limit. */
const mostRead = 256 * 1024;

/** A value as it was given, and how. One line end at the end of a pipe's text is not part of it. */
export interface GivenValue {
  value: string;
  via: 'stdin' | 'prompt';
}

/**
 * Reads a secret from a pipe, or asks for it without showing it. Never from the arguments, which other users see.
 * @throws SiskinError SECRET_VALUE_REFUSED
 */
export async function readValue(io: Io, name: string): Promise<GivenValue> {
  if (!io.input) throw refused('there is no standard input');
  if (io.input.isTTY)
    return { value: await ask(io, io.input, `value of ${name} (not shown): `), via: 'prompt' };
  return { value: (await readAll(io.input)).replace(/\r?\n$/, ''), via: 'stdin' };
}

async function readAll(input: Input): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > mostRead) throw refused('it is too long');
    chunks.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw refused('it is not UTF-8 text; encode it, e.g. with base64');
  }
}

/** In raw mode the terminal shows nothing by itself. Enter ends it, Ctrl-C gives it up, backspace takes back. */
async function ask(io: Io, input: Input, question: string): Promise<string> {
  io.writeError(question);
  input.setRawMode?.(true);
  let value = '';
  try {
    for await (const chunk of input)
      for (const char of Buffer.from(chunk).toString('utf8')) {
        if (char === '\r' || char === '\n' || char === '\u0004') return value;
        if (char === '\u0003') throw refused('it was given up');
        value = char === '\u007f' || char === '\b' ? value.replace(/.$/su, '') : value + char;
      }
    return value;
  } finally {
    input.setRawMode?.(false);
    input.pause?.();
    io.writeError('\n');
  }
}

const refused = (why: string): SiskinError =>
  new SiskinError('SECRET_VALUE_REFUSED', `the value was not read: ${why}`);
