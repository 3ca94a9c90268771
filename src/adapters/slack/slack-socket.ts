import { once } from 'node:events';
import { SocketModeClient } from '@slack/socket-mode';
import { z } from 'zod';
import { callOptions, silentLogger } from './client.ts';

export interface SlackSocketOptions {
  appToken: string;
  /** Ends with a slash. */
  apiUrl: string;
  /** Called after Slack was told that it was heard. @param id names the request: one that comes again has the same */
  onRequest: (type: 'interactive' | 'slash_commands', body: unknown, id: string) => Promise<void>;
  log: { info(message: string): void; warn(fields: Record<string, unknown>, message: string): void };
  /** For the address and for the hello, each, in ms; 10 s unless told. */
  timeoutMs?: number;
  /** Between two connections, in ms: the first pause after one that failed, doubled up to a minute; 1 s unless told. */
  pauseMs?: number;
}

const envelope = z.object({
  ack: z.custom<() => Promise<void>>((value) => typeof value === 'function'),
  envelope_id: z.string().max(200),
  body: z.unknown(),
});

const longestPauseMs = 60_000;

/**
 * Socket Mode: Slack's requests over a connection that Siskin opens, for hosts without a public address.
 * Reconnecting is done here and not by the library: when Slack does not answer while it reconnects, its `start()` rejects
 * where nobody can catch it (socket-mode 3.1), and that would end the process.
 */
export class SlackSocket {
  readonly #options: SlackSocketOptions;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: SlackSocketOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log, pauseMs = 1_000 } = this.#options;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#session();
        failures = 0;
      } catch (err) {
        failures += 1;
        if ((failures & (failures - 1)) === 0)
          log.warn({ err, failures }, 'Slack’s Socket Mode is not connected; it is tried again');
        await pause(Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failures - 1, 16)), this.#stop.signal);
      }
    }
  }

  /** One connection, from its beginning to its end. @throws Error when it never came to a hello */
  async #session(): Promise<void> {
    const { appToken, apiUrl, timeoutMs = 10_000, log } = this.#options;
    const client = new SocketModeClient({
      appToken,
      autoReconnectEnabled: false,
      clientOptions: callOptions(apiUrl, timeoutMs),
      logger: silentLogger,
    });
    for (const type of ['interactive', 'slash_commands'] as const)
      client.on(type, (event: unknown) => void this.#hear(type, event));
    let open = true;
    const ended = new Promise<void>((resolve) =>
      client.on('disconnected', () => {
        open = false;
        resolve();
      }),
    );
    const stopped = aborted(this.#stop.signal);
    const started = client.start();
    const late = pause(2 * timeoutMs, this.#stop.signal);
    try {
      const first = await Promise.race([
        started.then(() => 'open' as const),
        late.then(() => 'late' as const),
      ]);
      if (first === 'open') log.info('Slack’s Socket Mode is connected');
      else if (!this.#stop.signal.aborted) throw new Error('Slack sent no hello');
      if (first === 'open') await Promise.race([ended, stopped]);
    } finally {
      // A connection that comes about after all is ended too.
      const end = async () => (open ? client.disconnect().catch(() => undefined) : undefined);
      started.then(end, () => undefined);
      await Promise.race([end(), pause(2_000)]);
    }
  }

  async #hear(type: 'interactive' | 'slash_commands', event: unknown): Promise<void> {
    const { log, onRequest } = this.#options;
    try {
      const { ack, body, envelope_id } = envelope.parse(event);
      await ack();
      await onRequest(type, body, envelope_id);
    } catch (err) {
      log.warn({ err }, 'a request of Slack’s Socket Mode could not be taken');
    }
  }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** Ends early when aborted. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    if (signal?.aborted) end();
    else signal?.addEventListener('abort', end, { once: true });
  });
