import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A line that went from the client to the server behind the relay. */
export interface Relayed {
  /** `performance.now()` */
  at: number;
  text: string;
}

/** A Unix socket before another one, that notes what is asked through it: whose side effects are whose. */
export class Relay {
  readonly path: string;
  readonly relayed: Relayed[] = [];
  readonly #isChange: RegExp;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #onChange: ((text: string) => void) | undefined;

  private constructor(path: string, isChange: RegExp) {
    this.path = path;
    this.#isChange = isChange;
  }

  /** @param isChange which first lines of what is sent are side effects; the others are not kept */
  static async start(path: string, target: string, isChange: RegExp): Promise<Relay> {
    const relay = new Relay(path, isChange);
    relay.#server = createServer({ allowHalfOpen: true }, (client) =>
      relay.#join(client, connect({ path: target, allowHalfOpen: true })),
    );
    relay.#server.listen(path);
    await once(relay.#server, 'listening');
    return relay;
  }

  /** Calls back before a side effect is passed on. */
  onChange(callback: ((text: string) => void) | undefined): void {
    this.#onChange = callback;
  }

  async stop(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close');
    this.#server?.close();
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #join(client: Socket, behind: Socket): void {
    for (const socket of [client, behind]) {
      this.#open.add(socket);
      // Either end may be killed: then the other goes as well.
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#open.delete(socket));
    }
    client.on('close', () => behind.destroy());
    behind.on('close', () => client.destroy());
    client.on('data', (chunk: Buffer) => this.#note(chunk.toString('latin1')));
    client.pipe(behind);
    behind.pipe(client);
  }

  #note(sent: string): void {
    for (const command of sent.split(/[\n;]/)) {
      const text = command.trim().slice(0, 200);
      if (!this.#isChange.test(text)) continue;
      this.relayed.push({ at: performance.now(), text });
      this.#onChange?.(text);
    }
  }
}
