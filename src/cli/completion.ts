import { Argument, type Command } from 'commander';
import { connect, isElsewhere } from './client/context.ts';
import { completionScripts, type Shell, shells } from './completion/scripts.ts';
import { valuesOf } from './completion/values.ts';
import { type Candidate, type Wanted, wantedAt } from './completion/wanted.ts';
import { configPath, configuredEnvironments } from './local/local-config.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { neutral } from './terminal/output.ts';

/** `siskin completion SHELL`, and the hidden verb that its script asks. */
export function registerCompletion(program: Command, io: Io): void {
  program
    .command('completion')
    .description('print what makes your shell complete verbs, options, apps, environments, releases and ids')
    .addArgument(new Argument('<shell>', 'your shell').choices(shells))
    .addHelpText(
      'after',
      example(
        'siskin completion fish > ~/.config/fish/completions/siskin.fish',
        'source <(siskin completion bash)      # in ~/.bashrc',
        'source <(siskin completion zsh)       # in ~/.zshrc, after compinit',
      ),
    )
    .action((shell: Shell) => io.write(completionScripts[shell]));
  program
    .command('__complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[], _options: unknown, command: Command) => {
      for (const line of await linesFor(program, io, words, command)) io.write(`${line}\n`);
    });
}

/** Tab must neither fail nor wait long: whatever goes wrong, nothing is offered. */
const patienceMs = 1_500;

async function linesFor(program: Command, io: Io, words: string[], command: Command): Promise<string[]> {
  const typed = rejoined(words);
  const { wanted, options } = wantedAt(program, typed);
  for (const [name, value] of Object.entries(options)) program.setOptionValue(name, value);
  try {
    return await offer(wanted, typed.at(-1) ?? '', io, command);
  } catch {
    return [];
  }
}

async function offer(wanted: Wanted, partial: string, io: Io, command: Command): Promise<string[]> {
  switch (wanted.kind) {
    case 'files':
      return [':files'];
    case 'nothing':
      return [];
    case 'words':
      return wanted.candidates.filter(({ value }) => value.startsWith(partial)).map(lineOf);
    case 'value': {
      const values = await valuesOf(wanted.of, wanted.before, {
        configured: () =>
          isElsewhere(command, io) ? Promise.resolve(null) : configuredEnvironments(configPath(command, io)),
        client: () => connect(command, io, patienceMs),
      });
      return values.filter(({ value }) => value.startsWith(partial)).map(lineOf);
    }
  }
}

const lineOf = ({ value, about }: Candidate): string =>
  `${neutral(value)}\t${neutral(about.replace(/\s+/g, ' ')).slice(0, 100)}`;

/** bash makes three words of `a:b` and of `a=b`. */
function rejoined(words: readonly string[]): string[] {
  const joined: string[] = [];
  let glue = false;
  for (const word of words) {
    const isGlue = word === ':' || word === '=';
    if ((glue || isGlue) && joined.length > 0) joined.push((joined.pop() ?? '') + word);
    else joined.push(word);
    glue = isGlue;
  }
  return joined;
}
