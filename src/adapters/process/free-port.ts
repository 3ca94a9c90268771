import { createServer } from 'node:net';

/** A TCP port of loopback that nothing listens on just now. */
export async function freePort(): Promise<number> {
  const port = await bind(0);
  if (port === null) throw new Error('No free TCP port.');
  return port;
}

export const isFree = async (port: number): Promise<boolean> => (await bind(port)) !== null;

function bind(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      const bound = typeof address === 'object' && address ? address.port : null;
      server.close(() => resolve(bound));
    });
  });
}
