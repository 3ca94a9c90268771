import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A Unix socket in front of another one, that can go away and come back: an outage of the one behind it. */
export class SocketProxy {
  readonly path: string;
  readonly #folder: string;
  readonly #target: string;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;

  private constructor(folder: string, target: string) {
    this.#folder = folder;
    this.path = join(folder, 'proxy.sock');
    this.#target = target;
  }

  static async start(target: string): Promise<SocketProxy> {
    const proxy = new SocketProxy(await mkdtemp(join(tmpdir(), 'sk-proxy-')), target);
    await proxy.up();
    return proxy;
  }

  async up(): Promise<void> {
    this.#server = createServer((client) => {
      const engine = connect(this.#target);
      for (const socket of [client, engine]) {
        this.#open.add(socket);
        // an outage cuts connections: both ends go, and nobody here minds
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#open.delete(socket));
      }
      client.on('close', () => engine.destroy());
      engine.on('close', () => client.destroy());
      client.pipe(engine);
      engine.pipe(client);
    });
    this.#server.listen(this.path);
    await once(this.#server, 'listening');
  }

  /** Cuts every connection and refuses new ones. */
  async down(): Promise<void> {
    const closed = this.#server ? once(this.#server, 'close') : undefined;
    this.#server?.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  async remove(): Promise<void> {
    if (this.#server?.listening) await this.down();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
