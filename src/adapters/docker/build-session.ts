import { randomUUID } from 'node:crypto';
import { type Duplex, finished } from 'node:stream';
import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import type Docker from 'dockerode';
import { fields } from './build-trace.ts';

/** A session beside one build, on which the engine asks for what the build may have. */
export interface BuildSession {
  /** For the `session` of POST /build. */
  id: string;
  close: () => void;
}

/**
 * Opens a BuildKit session: POST /session, upgraded to h2c, on which the engine is the gRPC client. dockerode's own
 * offers registry credentials only, and no health service, without which BuildKit drops a session after a second.
 * @param secrets by id, for `RUN --mount=type=secret`
 */
export async function openSession(
  docker: Docker,
  secrets: Readonly<Record<string, string>>,
): Promise<BuildSession> {
  const id = randomUUID();
  const socket = await upgrade(docker, id);
  // a session that the engine cuts off is no error of its own: the build's answer tells what happened
  finished(socket, () => undefined);
  const server = new Server();
  addServices(server, secrets);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  injector.injectConnection(socket);
  const close = () => {
    server.forceShutdown();
    injector.destroy();
    socket.destroy();
  };
  return { id, close };
}

const methods = {
  secret: '/moby.buildkit.secrets.v1.Secrets/GetSecret',
  credentials: '/moby.filesync.v1.Auth/Credentials',
  health: '/grpc.health.v1.Health/Check',
} as const;

function upgrade(docker: Docker, id: string): Promise<Duplex> {
  const modem: { dial(options: object, callback: (error: Error | null, answer: unknown) => void): void } =
    docker.modem;
  const options = {
    method: 'POST',
    path: '/session',
    hijack: true,
    headers: {
      Upgrade: 'h2c',
      'X-Docker-Expose-Session-Uuid': id,
      'X-Docker-Expose-Session-Name': 'siskin',
      'X-Docker-Expose-Session-Grpc-Method': Object.values(methods),
    },
    statusCodes: { 200: true, 500: 'server error' },
  };
  return new Promise((resolve, reject) => {
    modem.dial(options, (error, answer) => (error ? reject(error) : resolve(answer as Duplex)));
  });
}

/** The three messages are small enough to be written by hand (api/services of BuildKit, and gRPC's health.proto). */
function addServices(server: Server, secrets: Readonly<Record<string, string>>): void {
  add(server, methods.secret, (request) => {
    const name = textField(request, 1);
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    return value === undefined
      ? { code: status.NOT_FOUND, details: `the secret ${name} is not given to builds` }
      : bytesField(1, value);
  });
  // no credentials: images are pulled as everybody may
  add(server, methods.credentials, () => Buffer.alloc(0));
  // SERVING
  add(server, methods.health, () => Buffer.from([8, 1]));
}

type Answer = Buffer | { code: status; details: string };

function add(server: Server, path: string, answer: (request: Buffer) => Answer): void {
  const same = (message: Buffer): Buffer => message;
  const handle = (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    const given = answer(call.request);
    if (Buffer.isBuffer(given)) callback(null, given);
    else callback(given);
  };
  server.register(path, handle, same, same, 'unary');
}

function textField(message: Buffer, wanted: number): string {
  let text = '';
  for (const { number, bytes } of fields(message)) if (number === wanted) text = bytes.toString('utf8');
  return text;
}

/** A length-delimited field of a protobuf message. */
function bytesField(number: number, text: string): Buffer {
  const bytes = Buffer.from(text);
  const head = [(number << 3) | 2];
  let length = bytes.length;
  for (; length > 0x7f; length >>>= 7) head.push((length & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([...head, length]), bytes]);
}
