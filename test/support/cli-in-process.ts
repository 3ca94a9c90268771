import { runCli } from '../../src/cli/program.ts';
import { verbs } from '../../src/cli/verbs.ts';

/** Runs `siskin …` in this process. @returns exit code and all that it printed */
export async function runCliHere(
  configFile: string,
  args: readonly string[],
): Promise<{ exitCode: number; output: string; errors: string }> {
  let output = '';
  let errors = '';
  const io = {
    env: {},
    write: (text: string) => {
      output += text;
    },
    writeError: (text: string) => {
      errors += text;
    },
    color: false,
    live: false,
    columns: Number.POSITIVE_INFINITY,
    rows: Number.POSITIVE_INFINITY,
    interrupted: new AbortController().signal,
  };
  const exitCode = await runCli([...args, '--config', configFile], io, verbs);
  return { exitCode, output, errors };
}
