import { Agent } from 'node:http';
import type { Duplex } from 'node:stream';
import { Client, type ConnectConfig } from 'ssh2';

/** sshd takes ten sessions of a connection unless told; a request that became a stream is not counted here. */
const sessionsAtOnce = 6;
/** How long the connection stays when nobody uses it, in ms: it would keep the process from ending. */
const idleMs = 500;

type Done = (error: Error | null, stream?: Duplex) => void;

/**
 * Brings HTTP requests to a Docker engine through `docker system dial-stdio` on another machine: one session of the same ssh
 * connection for each. (docker-modem's own makes a connection for each, and addresses that Node deprecates.)
 */
export class SshAgent extends Agent {
  readonly #config: ConnectConfig;
  #client: Promise<Client> | undefined;
  #open = 0;

  /** @param config its hostVerifier says which host key is believed */
  constructor(config: ConnectConfig) {
    super({ keepAlive: false, maxSockets: sessionsAtOnce });
    this.#config = config;
  }

  override createConnection(_options: object, done: Done): undefined {
    this.#session().then((stream) => done(null, stream), done);
  }

  async #session(): Promise<Duplex> {
    this.#open += 1;
    try {
      this.#client ??= this.#connect();
      const client = await this.#client;
      const stream = await new Promise<Duplex>((resolve, reject) => {
        client.exec('docker system dial-stdio', (error, channel) =>
          error ? reject(error) : resolve(channel),
        );
      });
      stream.once('close', () => this.#closed());
      return stream;
    } catch (error) {
      this.#closed();
      throw error;
    }
  }

  #connect(): Promise<Client> {
    const client = new Client();
    const connecting = new Promise<Client>((resolve, reject) => {
      const gone = (error: Error): void => {
        if (this.#client === connecting) this.#client = undefined;
        reject(error);
      };
      client.once('ready', () => resolve(client));
      // Sessions end with it, and tell those who wait for an answer.
      client.on('error', gone);
      client.once('close', () => gone(new Error('the ssh connection was closed')));
      client.connect(this.#config);
    });
    return connecting;
  }

  #closed(): void {
    this.#open -= 1;
    setTimeout(() => {
      if (this.#open > 0) return;
      void this.#client?.then(
        (client) => client.end(),
        () => undefined,
      );
      this.#client = undefined;
    }, idleMs);
  }
}
