import { writeFile } from 'node:fs/promises';
import type { Argument, Command, Option } from 'commander';
import { type Register, runCli } from '../../src/cli/program.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { verbs } from '../../src/cli/verbs.ts';

const page = new URL('../../docs/reference/cli.md', import.meta.url);

/** The command line itself, as `siskin --help` is made from it. */
export async function cliProgram(io: Io = quiet()): Promise<Command> {
  let program: Command | undefined;
  const keep: Register = (made) => {
    program = made;
  };
  await runCli(['--help'], io, [...verbs, keep]);
  if (!program) throw new Error('the command line was not made');
  return program;
}

/** docs/reference/cli.md: every verb with its arguments, options and examples, from the definitions. */
export async function cliPage(): Promise<string> {
  const written: string[] = [];
  const program = await cliProgram({ ...quiet(), write: (text) => void written.push(text) });
  const sections = leaves(program).map((command) => {
    written.length = 0;
    command.outputHelp();
    return section(command, examplesOf(written.join('')));
  });
  return [head(program), ...sections].join('\n');
}

/** The commands that do something: `up`, `config check`, …; `init` does, though it has `init host` below it. */
export const leaves = (command: Command): Command[] =>
  visible(command).flatMap((one) => [...(doesSomething(one) ? [one] : []), ...leaves(one)]);

/** A group of commands has no options of its own. */
const doesSomething = (command: Command): boolean =>
  command.commands.length === 0 || command.options.length > 0;

/** `__complete` is for scripts only. */
const visible = ({ commands }: Command): Command[] => commands.filter((one) => !one.name().startsWith('__'));

/** `config check` */
export const nameOf = (command: Command): string =>
  command.parent?.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();

const head = (program: Command): string => `# Command line

Made from the definitions in \`src/cli/\` by \`npx tsx test/support/cli-page.ts\`. In a checkout, say \`npx siskin …\`.
\`siskin help VERB\` shows the same.

Every command ends with 0 when it worked, else with 1 and \`error CODE: …\` on standard error; the codes are in
[errors.md](../errors.md). With \`--wait\`, "worked" means that the deployment ended as asked; Ctrl-C then ends the
waiting, not the deployment, and the exit code is 130.

On a terminal, tables are cut to its width and \`--wait\` draws in place. In a pipe and in CI everything is there, in plain
lines. \`--json\` is for programs.

## Options of every verb

${table(program.options.map(optionRow))}
\`up\`, \`server\`, \`worker\`, \`doctor\` and \`config\` read siskin.yaml. The others ask the server at \`--url\`. On the
server itself they need nothing: they find the address in siskin.yaml, and a token in \`cli-token\` of its \`dataDir\`.
With \`--url\` or SISKIN_URL, the token comes from \`--token-file\` or SISKIN_TOKEN only. \`--no-color\` and NO_COLOR take the colours
out, FORCE_COLOR keeps them in a pipe.
`;

function section(command: Command, examples: string[]): string {
  const name = nameOf(command);
  const usage = `siskin ${name} ${command.usage()}`.replace(/\[(options|command)\] ?/g, '').trim();
  const rows = [...command.registeredArguments.map(argumentRow), ...command.options.map(optionRow)];
  const example = examples.length > 0 ? `\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n` : '';
  const text = [
    `\`${usage}\``,
    sentence(command.description()),
    rows.length > 0 ? table(rows).trimEnd() : '',
    example,
  ];
  return `## ${name}\n\n${text.filter(Boolean).join('\n\n').trimEnd()}\n`;
}

/** The lines under `Example:` in a verb's help. */
const examplesOf = (help: string): string[] =>
  (help.split('\nExample:\n')[1] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('  $ '))
    .map((line) => line.slice(4));

const argumentRow = (argument: Argument): [string, string] => [
  argument.required ? `<${argument.name()}>` : `[${argument.name()}]`,
  argument.description,
];

function optionRow(option: Option): [string, string] {
  const choices = option.argChoices ? `: ${option.argChoices.join(', ')}` : '';
  const otherwise = option.defaultValue === undefined ? '' : `; ${String(option.defaultValue)} unless told`;
  return [option.flags, `${option.description}${choices}${otherwise}`];
}

const table = (rows: [string, string][]): string =>
  `| | |\n|---|---|\n${rows.map(([flag, text]) => `| \`${flag}\` | ${text.replaceAll('|', '\\|')} |\n`).join('')}`;

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;

const quiet = (): Io => ({
  env: {},
  write: () => {},
  writeError: () => {},
  color: false,
  live: false,
  columns: 110,
  rows: Number.POSITIVE_INFINITY,
  interrupted: new AbortController().signal,
});

if (process.argv[1] === import.meta.filename) await writeFile(page, await cliPage());
