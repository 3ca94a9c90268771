import { Command, CommanderError } from 'commander';
import { siskinVersion } from '../adapters/system/version.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { RemoteError } from './client/client.ts';
import type { Io } from './terminal/io.ts';
import { neutral, paint } from './terminal/output.ts';

/** Adds a verb to the program. What its action throws becomes `error CODE: message` and exit code 1. */
export type Register = (program: Command, io: Io) => void;

/**
 * Runs the command line.
 * @param argv the words after `siskin`
 * @returns the exit code: 0 when it worked, 130 when Ctrl-C ended the waiting for something that goes on, else 1
 */
export async function runCli(argv: string[], io: Io, verbs: readonly Register[]): Promise<number> {
  const program = createProgram(io);
  for (const register of verbs) register(program, io);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    printError(io, error);
    return error instanceof SiskinError && error.code === 'WAIT_INTERRUPTED' ? 130 : 1;
  }
}

function createProgram(io: Io): Command {
  return new Command('siskin')
    .description('Push-to-deploy with canaries: promoted or rolled back on evidence.')
    .option('--url <url>', 'the server (else SISKIN_URL, else server.listen of siskin.yaml)')
    .option('--token-file <file>', 'file with the API token (else SISKIN_TOKEN, else dataDir/cli-token)')
    .option('--config <file>', 'siskin.yaml (else SISKIN_CONFIG, else ./siskin.yaml)')
    .version(`siskin ${siskinVersion()}`, '--version', 'print the version, and nothing else')
    .option('--no-color', 'no colours (as NO_COLOR does; FORCE_COLOR keeps them in a pipe)')
    .on('option:no-color', () => {
      io.color = false;
    })
    .configureOutput({
      writeOut: (text) => io.write(text),
      writeErr: (text) => io.writeError(text),
      getOutHasColors: () => io.color,
    })
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(add --help for how to use it)')
    .exitOverride();
}

function printError(io: Io, error: unknown): void {
  const known = error instanceof SiskinError || error instanceof RemoteError;
  const code = known ? error.code : 'INTERNAL';
  const message = error instanceof Error ? error.message : String(error);
  // The message of a configuration error has one line per mistake; each is neutralised for itself.
  const lines = message.split('\n').map(neutral).join('\n');
  io.writeError(`${paint(io, 'red', 'error')} ${code}: ${lines}\n`);
  if (known && error.hint) io.writeError(`hint: ${neutral(error.hint)}\n`);
}
