/** What BuildKit tells of a build's progress; times in seconds since 1970. */
export interface BuildTrace {
  vertexes: Vertex[];
  logs: { vertex: string; text: Buffer }[];
  warnings: string[];
}

export interface Vertex {
  digest: string;
  name: string;
  cached: boolean;
  started: number | undefined;
  completed: number | undefined;
  error: string;
}

/**
 * Decodes the `moby.buildkit.trace` of a build's answer: `StatusResponse` of BuildKit's api/services/control/control.proto,
 * as far as it is used here. dockerode's own followProgress keeps everything it ever got, and tells neither durations
 * nor which step an output belongs to.
 * @param base64 the event's `aux`
 * @throws RangeError when the bytes are no such message
 */
export function decodeTrace(base64: string): BuildTrace {
  const trace: BuildTrace = { vertexes: [], logs: [], warnings: [] };
  for (const { number, bytes } of fields(Buffer.from(base64, 'base64'))) {
    if (number === 1) trace.vertexes.push(decodeVertex(bytes));
    if (number === 3) trace.logs.push(decodeLog(bytes));
    if (number === 4) trace.warnings.push(last(bytes, 3).toString('utf8'));
  }
  return trace;
}

function decodeVertex(message: Buffer): Vertex {
  const vertex: Vertex = {
    digest: '',
    name: '',
    cached: false,
    started: undefined,
    completed: undefined,
    error: '',
  };
  for (const { number, bytes, value } of fields(message)) {
    if (number === 1) vertex.digest = bytes.toString('utf8');
    if (number === 3) vertex.name = bytes.toString('utf8');
    if (number === 4) vertex.cached = value !== 0n;
    if (number === 5) vertex.started = decodeTime(bytes);
    if (number === 6) vertex.completed = decodeTime(bytes);
    if (number === 7) vertex.error = bytes.toString('utf8');
  }
  return vertex;
}

const decodeLog = (message: Buffer): { vertex: string; text: Buffer } => ({
  vertex: last(message, 1).toString('utf8'),
  text: last(message, 4),
});

/** google.protobuf.Timestamp. */
function decodeTime(message: Buffer): number {
  let seconds = 0;
  for (const { number, value } of fields(message)) {
    if (number === 1) seconds += Number(value);
    if (number === 2) seconds += Number(value) / 1e9;
  }
  return seconds;
}

function last(message: Buffer, wanted: number): Buffer {
  let found: Buffer = Buffer.alloc(0);
  for (const { number, bytes } of fields(message)) if (number === wanted) found = bytes;
  return found;
}

interface Field {
  number: number;
  /** Of a varint; 0n otherwise. */
  value: bigint;
  /** Of a length-delimited field; empty otherwise. */
  bytes: Buffer;
}

/** The fields of a protobuf message (https://protobuf.dev/programming-guides/encoding/). */
export function* fields(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a varint is longer than 10 bytes');
  };
  const take = (length: number): Buffer => {
    if (at + length > message.length) throw new RangeError('the message ends too early');
    at += length;
    return message.subarray(at - length, at);
  };
  const empty = Buffer.alloc(0);
  while (at < message.length) {
    const key = Number(varint());
    const number = key >>> 3;
    const wireType = key & 7;
    if (wireType === 0) yield { number, value: varint(), bytes: empty };
    else if (wireType === 2) yield { number, value: 0n, bytes: take(Number(varint())) };
    else if (wireType === 1) take(8);
    else if (wireType === 5) take(4);
    else throw new RangeError(`wire type ${wireType} is not known`);
  }
}
