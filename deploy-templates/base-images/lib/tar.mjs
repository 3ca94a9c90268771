import { createReadStream } from 'node:fs';

const block = 512;

/**
 * A ustar archive as chunks, made while it is read.
 * @param {Iterable<Entry>} entries folders before what is in them
 * @typedef {{ path: string, mode?: number, owner?: number } & ({ folder: true } | { link: string } | { text: string } | { file: string, size: number })} Entry
 */
export async function* packTar(entries) {
  for (const entry of entries) {
    const size = sizeOf(entry);
    yield header(entry, size);
    if ('text' in entry) yield Buffer.from(entry.text);
    if ('file' in entry) yield* contentOf(entry);
    if (size % block > 0) yield Buffer.alloc(block - (size % block));
  }
  yield Buffer.alloc(2 * block);
}

function sizeOf(entry) {
  if ('text' in entry) return Buffer.byteLength(entry.text);
  return 'file' in entry ? entry.size : 0;
}

async function* contentOf({ file, size }) {
  let read = 0;
  for await (const chunk of createReadStream(file, { end: Math.max(size - 1, 0) })) {
    read += chunk.length;
    yield chunk;
  }
  if (read !== size) throw new Error(`${file} changed while it was read; run this again`);
}

/** The header block of POSIX.1-1988 ustar. */
function header(entry, size) {
  const [prefix, name] = splitPath('folder' in entry ? `${entry.path}/` : entry.path);
  const out = Buffer.alloc(block);
  const octal = (value, offset, length) => out.write(value.toString(8).padStart(length - 1, '0'), offset);
  out.write(name, 0);
  octal(entry.mode ?? ('folder' in entry ? 0o755 : 0o644), 100, 8);
  octal(entry.owner ?? 0, 108, 8);
  octal(entry.owner ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  out.fill(' ', 148, 156);
  out.write('folder' in entry ? '5' : 'link' in entry ? '2' : '0', 156);
  if ('link' in entry) out.write(entry.link, 157, 100);
  out.write('ustar\x0000', 257);
  out.write(prefix, 345);
  const sum = out.reduce((total, byte) => total + byte, 0);
  out.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return out;
}

/** A path over 100 bytes is told apart at a slash into a prefix of at most 155 and a name of at most 100. */
function splitPath(path) {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  const cut = path.indexOf('/', path.length - 101);
  if (cut < 1 || cut > 155 || cut === path.length - 1)
    throw new Error(`path too long for an archive: ${path}`);
  return [path.slice(0, cut), path.slice(cut + 1)];
}
