import process from 'node:process';
import type { Command } from 'commander';
import { envSettings } from '../config/env.ts';
import { loadSiskinConfig } from '../config/siskin-config.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { type Answers, type Question, questions } from './init/answers.ts';
import { guessesOf } from './init/guesses.ts';
import { canRegister, registerWebhook } from './init/register-webhook.ts';
import { envFileName, tokenVariable } from './init/siskin-yaml.ts';
import { type PlannedFile, planOf, writePlan } from './init/write.ts';
import { joinedWords, registerInitHost } from './init-host.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { neutral, paint } from './terminal/output.ts';

type InitOptions = Partial<Answers> & {
  yes?: boolean;
  dryRun?: boolean;
  force?: boolean;
  register?: boolean;
};

/** `siskin init` */
export function registerInit(program: Command, io: Io): void {
  const init = program
    .command('init')
    .description(
      'ask what siskin.yaml needs, write it, and put x-siskin into the Compose file of this folder',
    );
  registerInitHost(init, io);
  for (const [name, { flag, about }] of Object.entries(questions)) {
    // `siskin init host` takes several apps, and its options come in here.
    if (name === 'app') init.option(flag, about, joinedWords);
    else if (name !== 'config') init.option(flag, about);
  }
  init
    .option('--yes', 'ask nothing: take the options, and what this folder tells')
    .option(
      '--register',
      `register the webhook on GitHub, too: with --public-url, and ${tokenVariable} in the environment`,
    )
    .option('--force', 'write siskin.yaml although there is one')
    .option('--dry-run', 'print what would be written')
    .addHelpText(
      'after',
      example(
        'siskin init',
        'siskin init --dry-run',
        'siskin init --yes --repo git@github.com:acme/shop.git --service web --port 3000 --host shop.example.com',
      ),
    )
    .action(async (_options: unknown, command: Command) => {
      const options: InitOptions = command.optsWithGlobals();
      const { files, answers } = await plan(io, options);
      if (options.register && !canRegister(io.env, answers)) throw cannotRegister();
      if (options.dryRun) return writeDryRun(io, files);
      await allowOverwriting(io, files, options);
      await writePlan(files);
      const register = canRegister(io.env, answers) && (await isToRegister(io, options));
      await tell(io, files, answers, register);
      if (register) await registerWebhook(io, answers.config, answers.app);
    });
}

const cannotRegister = (): SiskinError =>
  new SiskinError(
    'ARGUMENT_INVALID',
    `--register needs --public-url, and ${tokenVariable} in the environment.`,
    {
      hint: 'docs/guides/github.md tells how to make the token; or register the webhook later: siskin webhook register.',
    },
  );

const mayAsk = (io: Io, { yes }: InitOptions): boolean => !yes && io.live && process.stdin.isTTY;

async function isToRegister(io: Io, options: InitOptions): Promise<boolean> {
  if (options.register || !mayAsk(io, options)) return options.register === true;
  return (await import('./init/ask.ts')).isWanted('Register the webhook on GitHub now?');
}

const standard: Partial<Answers> = {
  branch: 'release',
  testBranch: '',
  port: '3000',
  health: '/healthz',
  testHost: '',
  publicUrl: '',
};

async function plan(io: Io, options: InitOptions): Promise<{ files: PlannedFile[]; answers: Answers }> {
  const { answers: guessed, compose } = await guessesOf(options.service);
  const guesses = { ...standard, config: envSettings(io.env).configFile, ...guessed };
  const given = picked(options);
  const interactive = mayAsk(io, options);
  const asked = interactive
    ? await (await import('./init/ask.ts')).askFor(given, guesses)
    : { ...guesses, ...given };
  const answers = complete(asked, interactive);
  return { files: await planOf(answers, compose, Boolean(io.env[tokenVariable])), answers };
}

const picked = (options: InitOptions): Partial<Answers> =>
  Object.fromEntries(
    (Object.keys(questions) as Question[]).flatMap((name) =>
      options[name] === undefined ? [] : [[name, options[name]]],
    ),
  );

/** @throws SiskinError ARGUMENT_INVALID that names every option which is missing or not right */
function complete(answers: Partial<Answers>, interactive: boolean): Answers {
  const problems = (Object.keys(questions) as Question[]).flatMap((name) => {
    const answer = answers[name];
    const problem = answer === undefined ? 'is needed' : questions[name].problem(answer);
    return problem === undefined ? [] : [`${questions[name].flag.split(' ')[0]}: ${problem}`];
  });
  if (problems.length === 0) return answers as Answers;
  const hint = interactive
    ? {}
    : { hint: 'Say it with the options that are named, or run it in a terminal to be asked.' };
  throw new SiskinError('ARGUMENT_INVALID', problems.join('\n'), hint);
}

async function allowOverwriting(io: Io, files: readonly PlannedFile[], options: InitOptions): Promise<void> {
  const [there] = files.filter(({ exists }) => exists);
  if (there === undefined || options.force) return;
  if (
    mayAsk(io, options) &&
    (await (await import('./init/ask.ts')).isWanted(`${there.path} is there already. Write it anew?`))
  )
    return;
  throw new SiskinError('INIT_EXISTS', `${there.path} is there already; nothing was written.`);
}

/** The secret is made anew at every run, and none is shown. */
function writeDryRun(io: Io, files: readonly PlannedFile[]): void {
  for (const { path, text, secret, remark } of files) {
    io.write(`${paint(io, 'bold', `# ${neutral(path)}`)}${remark === null ? '' : ` (${remark})`}\n`);
    if (text === null) continue;
    const shown = secret ? text.replace(/=[0-9a-f]{64}$/m, '=<64 random hex digits>') : text;
    io.write(`${shown.trimEnd().split('\n').map(neutral).join('\n')}\n\n`);
  }
}

async function tell(
  io: Io,
  files: readonly PlannedFile[],
  answers: Answers,
  registering: boolean,
): Promise<void> {
  for (const { path, text, secret, remark } of files) {
    const what = text === null ? 'left as it is' : secret ? 'written, for your eyes only' : 'written';
    io.write(`${paint(io, 'green', '✓')} ${neutral(path)}  ${what}${remark === null ? '' : `; ${remark}`}\n`);
  }
  await loadSiskinConfig(answers.config, { ...io.env, SISKIN_WEBHOOK_SECRET: 'x'.repeat(64) });
  const edited = files.find(
    ({ path, text }) => text !== null && path !== answers.config && !path.endsWith(envFileName),
  );
  const config = answers.config === 'siskin.yaml' ? '' : ` --config ${answers.config}`;
  const commands = [
    ...(edited ? [`git add ${edited.path} && git commit -m 'Deploy with Siskin'`] : []),
    `siskin doctor${config}`,
    `set -a; . ${files.find(({ secret }) => secret)?.path ?? envFileName}; siskin up${config}`,
    ...(registering ? [] : [`siskin webhook register ${answers.app}${config}`]),
  ];
  io.write(`\nNext:\n${commands.map((line) => `  ${neutral(line)}\n`).join('')}`);
}
