import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';

/** A replica of an app: answers with its name, `?status=` or 200, and any `?header=name:value`; `/hold` begins an answer and ends it on `finish()`. */
export interface TestReplica {
  name: string;
  address: string;
  port: number;
  served: number;
  /** Requests to `/hold` that have arrived. */
  holding(count: number): Promise<void>;
  finish(): void;
  close(): Promise<void>;
}

export async function startReplica(name: string): Promise<TestReplica> {
  const held: http.ServerResponse[] = [];
  const server = http.createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://replica');
    if (url.pathname === '/hold') {
      response.write('held ');
      held.push(response);
      server.emit('held');
      return;
    }
    request.on('end', () => {
      replica.served += 1;
      response.statusCode = Number(url.searchParams.get('status') ?? 200);
      response.setHeader('x-seen', JSON.stringify(request.headers));
      for (const header of url.searchParams.getAll('header')) {
        const [field = '', value = ''] = header.split(':');
        response.setHeader(field, value);
      }
      response.end(name);
    });
  });
  const upgraded: Duplex[] = [];
  server.on('upgrade', (_request, socket) => {
    upgraded.push(socket);
    socket.on('error', () => socket.destroy());
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n');
    socket.write('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n');
    socket.on('data', (data) => socket.write(data));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const replica: TestReplica = {
    name,
    address: '127.0.0.1',
    port: typeof address === 'object' && address ? address.port : 0,
    served: 0,
    holding: async (count) => {
      while (held.length < count) await once(server, 'held');
    },
    finish: () => {
      for (const response of held.splice(0)) response.end('done');
    },
    close: async () => {
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return replica;
}

/** An open WebSocket through the router, as bytes: `echo` comes back as long as it is open. @param socket another way there */
export async function openWebSocket(port: number, host: string, socket: Duplex = connect(port, '127.0.0.1')) {
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  const [head] = await once(socket, 'data');
  if (!String(head).startsWith('HTTP/1.1 101')) throw new Error(`not upgraded: ${head}`);
  const closed = once(socket, 'close');
  return {
    closed,
    close: () => socket.destroy(),
    echo: async (text: string): Promise<string> => {
      socket.write(text);
      return String((await once(socket, 'data'))[0]);
    },
  };
}
