import type { IncomingMessage } from 'node:http';
import { SiskinError } from '../domain/errors/siskin-error.ts';

export interface BodyLimits {
  maxBytes: number;
  timeoutMs: number;
  /** false: the bytes are counted and thrown away. */
  keep: boolean;
}

/** Bodies up to this size are always received; all larger ones together may hold `largeBodiesBytes`. */
const smallBodyBytes = 256 * 1024;
const largeBodiesBytes = 128 * 1024 * 1024;
let largeBytesHeld = 0;

/**
 * Reads a request's raw body, bounded in size, time and encoding, whatever the request says of its length.
 * What comes after a refusal is thrown away by Node, bounded by the server's request time-out.
 * @throws SiskinError BODY_TOO_LARGE, BODY_TIMED_OUT, BODY_ENCODING_REFUSED, RECEIVER_BUSY
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new SiskinError('BODY_ENCODING_REFUSED', 'Content-Encoding must be identity.');
  }
  if (Number(request.headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(limits);
  return collect(request, limits);
}

function collect(request: IncomingMessage, limits: BodyLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let received = 0;
    let held = 0;
    const settle = (finish: () => void) => {
      clearTimeout(timer);
      request.off('data', take).off('end', complete).off('error', abort).off('close', abort);
      largeBytesHeld -= held;
      finish();
    };
    const refuse = (error: SiskinError) =>
      settle(() => {
        request.resume();
        reject(error);
      });
    const take = (chunk: Buffer) => {
      received += chunk.length;
      if (received > limits.maxBytes) return refuse(tooLarge(limits));
      if (!limits.keep) return;
      if (received > smallBodyBytes) {
        held += chunk.length;
        largeBytesHeld += chunk.length;
        if (largeBytesHeld > largeBodiesBytes) return refuse(busy());
      }
      chunks.push(chunk);
    };
    const complete = () => settle(() => resolve(Buffer.concat(chunks)));
    const abort = () =>
      refuse(new SiskinError('BODY_TIMED_OUT', 'The connection ended before the body did.'));
    const timer = setTimeout(() => refuse(timedOut(limits)), limits.timeoutMs);
    request.on('data', take).on('end', complete).on('error', abort).on('close', abort);
  });
}

const tooLarge = ({ maxBytes }: BodyLimits) =>
  new SiskinError('BODY_TOO_LARGE', `The body is larger than ${maxBytes} bytes.`);
const timedOut = ({ timeoutMs }: BodyLimits) =>
  new SiskinError('BODY_TIMED_OUT', `The body did not arrive within ${timeoutMs} ms.`);
const busy = () => new SiskinError('RECEIVER_BUSY', 'Other large bodies are being received.');
