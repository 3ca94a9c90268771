import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { socketDirectory } from './socket-directory.ts';
import { Supervisor } from './supervisor.ts';

export interface ProgramOptions {
  /** Siskin's data directory. */
  dataDir: string;
  searchPath?: string[];
  /** Called after each restart of a process that had died. */
  onRestart?: () => void;
}

/** The Redis that Siskin starts: a private Unix socket, every write on disk before it is answered, nothing evicted. */
export interface RedisServer {
  /** Path of its Unix socket. */
  socket: string;
  /** `unix:///…` of that socket. */
  url: string;
  supervisor: Supervisor;
  /** Starts or adopts it, and waits until it answers PING. @throws SiskinError PROGRAM_MISSING, PROGRAM_NOT_READY */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Whether one answers on the socket, whoever started it. */
  isRunning(): Promise<boolean>;
}

/** Makes ready what a Redis below `dataDir/redis` needs; starts nothing yet. */
export async function redisServer(options: ProgramOptions): Promise<RedisServer> {
  const directory = resolve(options.dataDir, 'redis');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const socket = join(await socketDirectory(options.dataDir), 'redis.sock');
  const supervisor = new Supervisor({
    name: 'redis',
    program: 'redis-server',
    debianPackage: 'redis-server',
    args: redisArguments(directory, socket),
    marks: [socket, directory],
    directory,
    graceMs: 20_000,
    ...(options.searchPath && { searchPath: options.searchPath }),
    onRestart: options.onRestart,
  });
  return {
    socket,
    url: `unix://${socket}`,
    supervisor,
    start: async () => {
      await supervisor.start();
      await supervisor.waitUntilReady(() => answersPing(socket), 60_000);
    },
    stop: () => supervisor.stop(),
    isRunning: () => answersPing(socket).catch(() => false),
  };
}

const redisArguments = (directory: string, socket: string): string[] => [
  ...['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700'],
  ...['--dir', directory, '--appendonly', 'yes', '--appendfsync', 'always', '--save', ''],
  // Rewriting needs no second fsync policy; a queue must refuse writes rather than forget some.
  ...['--no-appendfsync-on-rewrite', 'no', '--maxmemory-policy', 'noeviction'],
  // Its command line stays as it was started, by which a later start knows it.
  ...['--set-proc-title', 'no', '--daemonize', 'no', '--loglevel', 'notice'],
];

/** A raw PING; +PONG only comes once the data is loaded. */
function answersPing(path: string): Promise<boolean> {
  return new Promise((answer, fail) => {
    const socket = connect({ path, timeout: 1_000 });
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      answer(data.toString('latin1').startsWith('+PONG'));
      socket.destroy();
    });
    socket.on('timeout', () => socket.destroy(new Error('PING was not answered')));
    socket.on('error', fail);
    socket.on('close', () => answer(false));
  });
}
