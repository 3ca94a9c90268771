import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface OpenWebSocket {
  /** The release that answered the upgrade. */
  release: string;
  /** Sends a text. @returns what came back @throws Error when the connection ends before */
  echo(text: string): Promise<string>;
  readonly isOpen: boolean;
  /** Resolves when the connection has ended: by `close()` (`cutByOther` false) or by anybody else. */
  readonly ended: Promise<{ cutByOther: boolean; code: number; afterMs: number }>;
  /** Ends it from this side and waits for the end. */
  close(): Promise<void>;
}

/** Opens a WebSocket to the fixture app's /ws through the router. */
export async function openWebSocket(origin: string, host: string): Promise<OpenWebSocket> {
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/ws`, { headers: { host } });
  let release = '';
  let closing = false;
  socket.on('upgrade', (response) => {
    release = String(response.headers['x-release'] ?? '');
  });
  await once(socket, 'open');
  const openedAt = performance.now();
  // A reset arrives as an error before its close event; `ended` reports the close.
  socket.on('error', () => {});
  const ended = once(socket, 'close').then(([code]) => ({
    cutByOther: !closing,
    code: Number(code),
    afterMs: performance.now() - openedAt,
  }));

  const echo = async (text: string): Promise<string> => {
    const answer = once(socket, 'message').then(([data]) => String(data));
    socket.send(text);
    return Promise.race([
      answer,
      ended.then(({ code }) => Promise.reject(new Error(`the WebSocket ended (${code})`))),
    ]);
  };
  return {
    release,
    echo,
    ended,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN;
    },
    async close() {
      closing = true;
      socket.close();
      await ended;
    },
  };
}
