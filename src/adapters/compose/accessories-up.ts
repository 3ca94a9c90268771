import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { type ComposeProgram, composeEnvironment, findComposeProgram } from './program.ts';

/** An image may have to be pulled; in ms. */
const timeoutMs = 15 * 60_000;
const forceAfterMs = 5_000;
const shownLines = 5;
const maxLines = 500;
const maxLineLength = 1_000;

export interface AccessoriesUpOptions {
  /** `docker.host` of siskin.yaml. */
  dockerHost: string;
  /** What Siskin was started with: see composeEnvironment. */
  environment: Readonly<Record<string, string | undefined>>;
}

/** Brings services up from a document that may hold secrets. */
export class AccessoriesUp {
  readonly #environment: Record<string, string>;

  constructor({ dockerHost, environment }: AccessoriesUpOptions) {
    const DOCKER_HOST = dockerHost.replace(/^http:/, 'tcp:');
    this.#environment = composeEnvironment({ ...environment, DOCKER_CONTEXT: undefined, DOCKER_HOST });
  }

  /**
   * Creates and starts services; what runs is left as it is.
   * @param document a whole Compose file. It may hold secrets: it goes through a pipe, and stands on no disk, in no
   *   argument and in no variable
   * @throws SiskinError COMPOSE_CLI_MISSING; ACCESSORY_FAILED with the CLI's last words; the signal's reason when aborted
   */
  async up(
    project: string,
    document: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const [program, ...before] = await this.#program(signal);
    const args = [...before, '--ansi', 'never', '--project-name', project, '--file', '-'];
    args.push('up', '--detach', '--no-recreate', '--no-build');
    const { code, last } = await this.#run([program, ...args], document, onLine, signal);
    if (code === 0) return;
    const words = last.slice(-shownLines).join(' | ').slice(-600);
    throw new SiskinError('ACCESSORY_FAILED', `the Compose CLI ended with exit code ${code}: ${words}`);
  }

  async #program(signal: AbortSignal): Promise<ComposeProgram['words']> {
    const program = await findComposeProgram(this.#environment, signal);
    if (program) return program.words;
    throw new SiskinError(
      'COMPOSE_CLI_MISSING',
      'neither docker compose nor docker-compose is on the PATH of this Siskin',
    );
  }

  async #run(
    [program, ...args]: readonly [string, ...string[]],
    input: string,
    onLine: (line: string) => void,
    signal: AbortSignal,
  ): Promise<{ code: number | null; last: string[] }> {
    signal.throwIfAborted();
    const child = spawn(program, args, { cwd: '/', env: this.#environment, detached: true });
    // a program that does not read what it is given breaks the pipe; its exit code tells more
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const last = follow(child, onLine);
    const limit = AbortSignal.timeout(timeoutMs);
    const { signal: either, unlink } = anySignal([signal, limit]);
    let force: NodeJS.Timeout | undefined;
    const stop = (): void => {
      signalGroup(child.pid, 'SIGTERM');
      force = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), forceAfterMs);
    };
    either.addEventListener('abort', stop, { once: true });
    try {
      const [code]: unknown[] = await once(child, 'close');
      signal.throwIfAborted();
      if (limit.aborted)
        throw new SiskinError(
          'ACCESSORY_FAILED',
          `the Compose CLI did not end within ${timeoutMs / 60_000} min`,
        );
      return { code: typeof code === 'number' ? code : null, last };
    } finally {
      clearTimeout(force);
      either.removeEventListener('abort', stop);
      unlink();
    }
  }
}

/** Passes lines on, at most so many. @returns the last ones, as they come */
function follow(child: ChildProcessWithoutNullStreams, onLine: (line: string) => void): string[] {
  const last: string[] = [];
  let passed = 0;
  for (const input of [child.stdout, child.stderr])
    createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (raw) => {
      const line = plain(raw);
      if (line === '') return;
      last.push(line);
      if (last.length > shownLines) last.shift();
      passed += 1;
      if (passed <= maxLines) onLine(line);
    });
  return last;
}

const plain = (line: string): string =>
  stripVTControlCharacters(line)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, '')
    .trim()
    .slice(0, maxLineLength);

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // the whole group has ended already
  }
}
