import { once } from 'node:events';
import { connect } from 'node:net';

/** One request as bytes, for what clients would tidy up or cannot say. @param head without its last line's end */
export async function rawRequest(port: number, head: string): Promise<{ status: number; text: string }> {
  const socket = connect(port, '127.0.0.1');
  socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  let text = '';
  socket.on('data', (data) => {
    text += data;
  });
  await once(socket, 'close');
  return { status: Number(text.split(' ')[1]), text };
}
