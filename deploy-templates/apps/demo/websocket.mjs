/** As much of RFC 6455 as an echo needs: handshake, text and binary frames up to 64 KiB, ping, close. */
import { createHash } from 'node:crypto';

const handshakeGuid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'; // RFC 6455, 1.3
const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

/** Answers an upgrade request at /ws and echoes until either side closes. */
export function acceptWebSocket(request, socket, headers) {
  const key = request.headers['sec-websocket-key'];
  if (new URL(request.url, 'http://app').pathname !== '/ws' || key === undefined) {
    socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    return;
  }
  const accept = createHash('sha1').update(`${key}${handshakeGuid}`).digest('base64');
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n${lines.join('')}\r\n`,
  );
  let pending = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame !== null; frame = readFrame(pending)) {
      pending = pending.subarray(frame.size);
      answer(socket, frame);
    }
  });
  socket.on('error', () => socket.destroy()); // the other side is gone: nobody to tell
}

function answer(socket, frame) {
  if (frame.opcode === opcode.close) socket.end(frameOf(opcode.close, frame.payload));
  else if (frame.opcode === opcode.ping) socket.write(frameOf(opcode.pong, frame.payload));
  else if (frame.opcode !== opcode.pong) socket.write(frameOf(frame.opcode, frame.payload));
}

/** @returns the first whole frame of the bytes, unmasked, with its size in bytes; null while it is incomplete */
function readFrame(bytes) {
  if (bytes.length < 6) return null;
  const short = bytes[1] & 0x7f;
  const header = short === 126 ? 4 : 2;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  const size = header + 4 + length;
  if (short === 127 || bytes.length < size) return null;
  const mask = bytes.subarray(header, header + 4);
  const payload = Buffer.from(bytes.subarray(header + 4, size));
  for (let i = 0; i < payload.length; i += 1) payload[i] ^= mask[i % 4];
  return { opcode: bytes[0] & 0x0f, payload, size };
}

function frameOf(code, payload) {
  const header =
    payload.length < 126
      ? Buffer.from([0x80 | code, payload.length])
      : Buffer.from([0x80 | code, 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([header, payload]);
}
