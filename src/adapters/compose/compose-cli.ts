import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type ComposeProgram, composeEnvironment, findComposeProgram } from './program.ts';

/** One Compose file with its own variables. */
export interface ComposePart {
  project: string;
  file: string;
  envFile: string;
  profiles: readonly string[];
  /** Beside those of `envFile`, and stronger. */
  variables?: Readonly<Record<string, string>>;
}

export interface ComposeCli {
  /** `docker compose 2.29.1` or `docker-compose 1.29.2`. */
  name: string;
  /** Whether it understands `include`, so that it can read the root file: 2.20 and newer. */
  knowsInclude: boolean;
  /** Runs a verb on one part. @returns what it printed @throws SiskinError COMPOSE_FAILED with its words */
  run(
    part: ComposePart,
    verb: readonly string[],
    options?: { timeoutMs?: number; signal?: AbortSignal },
  ): Promise<string>;
  /** Runs a verb on one part in this terminal: its input, output and Ctrl-C are this process's. @returns its exit code */
  attached(part: ComposePart, verb: readonly string[]): Promise<number>;
  /** `config` on the root file. @throws SiskinError COMPOSE_FAILED */
  readRoot(folder: string): Promise<void>;
}

/** @returns the one that is installed; null when none is */
export async function findCompose(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ComposeCli | null> {
  const env = composeEnvironment(environment);
  const program = await findComposeProgram(env);
  return program && composeCli(program, env);
}

function composeCli({ words, version }: ComposeProgram, env: Record<string, string>): ComposeCli {
  const [program, ...first] = words;
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number);
  return {
    name: [...words, ...(version === null ? [] : [version])].join(' '),
    knowsInclude: major > 2 || (major === 2 && minor >= 20),
    run: (part, verb, { timeoutMs = 60_000, signal } = {}) =>
      execute(program, [...first, ...partArguments(part), ...verb], {
        told: [...words, ...verb].join(' '),
        env: { ...env, ...part.variables },
        timeoutMs,
        ...(signal && { signal }),
      }),
    async attached(part, verb) {
      // Version 1 tells at each `run` to remove the other parts' containers, whatever COMPOSE_IGNORE_ORPHANS says.
      const quiet = major === 1 ? ['--log-level', 'ERROR'] : [];
      const args = [...first, ...quiet, ...partArguments(part), ...verb];
      const [code] = await once(spawn(program, args, { env, stdio: 'inherit' }), 'exit');
      return typeof code === 'number' ? code : 1;
    },
    async readRoot(folder) {
      await execute(program, [...first, '--project-directory', folder, 'config', '--quiet'], {
        told: [...words, 'config'].join(' '),
        env,
        timeoutMs: 60_000,
      });
    },
  };
}

/** The same file, folder, variables and project that `include` would give the part. */
const partArguments = ({ project, file, envFile, profiles }: ComposePart): string[] => [
  '--project-name',
  project,
  '--project-directory',
  file.slice(0, file.lastIndexOf('/')),
  '--env-file',
  envFile,
  '--file',
  file,
  ...profiles.flatMap((profile) => ['--profile', profile]),
];

interface Execution {
  /** What was to be done, for people: `docker compose up --detach`. */
  told: string;
  env: Record<string, string>;
  timeoutMs: number;
  signal?: AbortSignal;
}

function execute(
  program: string,
  args: string[],
  { told, env, timeoutMs, signal }: Execution,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { env, timeout: timeoutMs, maxBuffer: 4 * 2 ** 20, ...(signal && { signal }) };
    execFile(program, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      const words = `${stderr}`.trim().split('\n').slice(-12).join('\n').slice(-2_000) || error.message;
      reject(new SiskinError('COMPOSE_FAILED', `${told}: ${words}`, { cause: error }));
    });
  });
}
