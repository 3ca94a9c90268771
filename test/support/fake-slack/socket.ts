import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { FakeWorkspace } from './workspace.ts';

/** Socket Mode's far end: says hello, sends envelopes, notes what is acknowledged. */
export class FakeSocket {
  readonly acknowledged: string[] = [];
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #events = new EventEmitter();
  readonly #workspace: FakeWorkspace;
  #open: WebSocket | null = null;

  constructor(workspace: FakeWorkspace) {
    this.#workspace = workspace;
  }

  ticket(): string {
    const ticket = randomBytes(8).toString('hex');
    this.#tickets.add(ticket);
    return ticket;
  }

  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://fake').searchParams.get('ticket') ?? '';
    if (!this.#tickets.delete(ticket)) {
      socket.destroy();
      return;
    }
    this.#server.handleUpgrade(request, socket, head, (open) => {
      this.#open = open;
      open.on('message', (data: Buffer) => this.#take(data.toString('utf8')));
      open.on('close', () => {
        if (this.#open === open) this.#open = null;
        this.#workspace.changed();
      });
      open.send(
        JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0SISKIN' } }),
      );
      this.#events.emit('open');
      this.#workspace.changed();
    });
  }

  async connected(): Promise<void> {
    while (this.#open === null) await once(this.#events, 'open');
  }

  get isOpen(): boolean {
    return this.#open !== null;
  }

  /** @returns the envelope's id */
  send(
    type: 'interactive' | 'slash_commands',
    payload: unknown,
    envelope = randomBytes(8).toString('hex'),
  ): string {
    this.#open?.send(
      JSON.stringify({ type, envelope_id: envelope, accepts_response_payload: true, payload }),
    );
    return envelope;
  }

  /** What Slack says before it takes the connection away. */
  refresh(): void {
    this.#open?.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
  }

  /** The connection is gone without a word. */
  cut(): void {
    this.#open?.terminate();
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #take(text: string): void {
    const { envelope_id } = JSON.parse(text);
    if (typeof envelope_id === 'string') this.acknowledged.push(envelope_id);
    this.#workspace.changed();
  }
}
