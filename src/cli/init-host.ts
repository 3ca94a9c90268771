import process from 'node:process';
import type { Command } from 'commander';
import { isEmptyFolder, type RenderedFile, stageFolder } from '../adapters/host/write-folder.ts';
import { siskinVersion } from '../adapters/system/version.ts';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import type { HostAnswers } from '../domain/host/answers.ts';
import type { FileVerdict } from '../domain/host/checkers.ts';
import { hostPlan } from '../domain/host/host-plan.ts';
import { loadBundle } from './host/load-bundle.ts';
import { type MemoryReport, memoryReport } from './host/memory-report.ts';
import { verifyFiles } from './host/verify.ts';
import { hostAnswers, standardAnswers } from './init-host/answers.ts';
import { refuseBusyPorts } from './init-host/busy-ports.ts';
import { compareWithFolder, type Placed } from './init-host/compare.ts';
import { type HostQuestion, hostQuestions, type RawAnswers } from './init-host/questions.ts';
import { hiddenSecrets, machineFacts, renderPlan, secretsFor } from './init-host/render.ts';
import { tellDryRun, tellWritten } from './init-host/tell.ts';
import { readWrittenFiles, writtenRecord } from './init-host/written-files.ts';
import { example } from './terminal/arguments.ts';
import type { Io } from './terminal/io.ts';
import { writeJson } from './terminal/output.ts';

type HostOptions = Partial<Record<HostQuestion, string>> & {
  yes?: boolean;
  dryRun?: boolean;
  force?: boolean;
  elsewhere?: boolean;
  json?: boolean;
};

/** `siskin init host`, below `siskin init` */
export function registerInitHost(init: Command, io: Io): void {
  const host = init
    .command('host')
    .description(
      'write a folder with everything around your apps: databases, monitoring, Siskin itself, checked',
    )
    .argument('[folder]', 'where to write it', 'host');
  for (const { flag, about, list } of Object.values(hostQuestions)) {
    if (list) host.option(flag, about, joinedWords);
    else host.option(flag, about);
  }
  host
    .option('--elsewhere', 'it is for another machine: do not look whether its ports are free here')
    .option('--yes', 'ask nothing: take the options')
    .option(
      '--force',
      'the folder has files already: write those that are missing or out of date, keep those that you changed',
    )
    .option('--dry-run', 'print what would be written')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      example(
        'siskin init host',
        'siskin init host /srv/host --example nas --app talk=https://github.com/acme/talk.git --domain talk=talk.example.com',
        'siskin init host --example production-test --app shop=https://github.com/acme/shop.git --domain shop=shop.example.com --domain shop/test=test.example.com --database-host db.example.com --allow 203.0.113.0/24 --dry-run',
      ),
    )
    .action(async (folder: string, _options: unknown, command: Command) => {
      refuseOptionsOfInit(init, host);
      return run(io, folder, command.optsWithGlobals());
    });
}

/** An option that is given again and again, as words. */
export const joinedWords = (word: string, before: string | undefined): string =>
  before === undefined ? word : `${before} ${word}`;

/** An option that `init` knows is read there, wherever it stands; what `init host` does not know would be lost. */
function refuseOptionsOfInit(init: Command, host: Command): void {
  const own = new Set(host.options.map((option) => option.attributeName()));
  const lost = init.options.find((option) => {
    const name = option.attributeName();
    return !own.has(name) && init.getOptionValue(name) !== undefined;
  });
  if (lost !== undefined)
    throw new SiskinError(
      'ARGUMENT_INVALID',
      `${lost.long} is an option of siskin init, not of siskin init host.`,
    );
}

async function run(io: Io, folder: string, options: HostOptions): Promise<void> {
  const answers = await answersFor(io, options);
  const plan = hostPlan(answers);
  const machine = await machineFacts(siskinVersion());
  if (options.dryRun)
    return tellDryRun(io, await renderPlan(plan, hiddenSecrets(plan), machine), options.json === true);
  // What listens there may be the host itself, when its folder is written anew.
  if (!options.elsewhere && (await isEmptyFolder(folder))) await refuseBusyPorts(answers.ports);
  const files = await renderPlan(plan, await secretsFor(plan, folder), machine);
  const written = await readWrittenFiles(folder);
  const placed = await compareWithFolder(folder, files, { force: options.force === true, written });
  const kept = placed.filter(({ place }) => place === 'beside').map(({ path }) => path);
  const record = writtenRecord(files, new Set(kept), written);
  const { verdicts, memory } = await writeChecked(io, folder, { answers, files, placed, record });
  if (options.json) writeJson(io, { folder, files: placed, checks: verdicts, memory, toDo: plan.toDo });
  else tellWritten(io, { folder, placed, verdicts, memory, plan });
}

async function answersFor(io: Io, options: HostOptions): Promise<HostAnswers> {
  const given = picked(options);
  const mayAsk = !options.yes && !options.json && io.live && process.stdin.isTTY;
  const asked = mayAsk ? await (await import('./init-host/ask.ts')).askForHost(given) : given;
  return hostAnswers({ ...standardAnswers, ...asked });
}

const picked = (options: HostOptions): Partial<RawAnswers> =>
  Object.fromEntries(
    (Object.keys(hostQuestions) as HostQuestion[]).flatMap((name) => {
      const written = options[name];
      if (written === undefined) return [];
      return [[name, hostQuestions[name].list ? written.split(/\s+/).filter(Boolean) : written]];
    }),
  );

interface Wanted {
  answers: HostAnswers;
  files: RenderedFile[];
  placed: Placed[];
  record: RenderedFile;
}

/**
 * Writes beside the folder, lets every program look, and only then puts the files into place.
 * @throws SiskinError HOST_CHECK_FAILED, HOST_MEMORY_SHORT: nothing is left behind
 */
async function writeChecked(
  io: Io,
  folder: string,
  { answers, files, placed, record }: Wanted,
): Promise<{ verdicts: FileVerdict[]; memory: MemoryReport }> {
  const staged = await stageFolder(folder, [...files, record]);
  try {
    const verdicts = await verifyFiles(
      staged.path,
      files.map(({ path }) => path),
      io.env,
    );
    refuseWrongFiles(verdicts);
    const memory = memoryReport(await loadBundle(staged.path), answers.memoryBytes);
    if (memory.shortage !== null)
      throw new SiskinError('HOST_MEMORY_SHORT', `${memory.shortage} Nothing was written.`);
    await staged.commit([
      ...placed.filter(({ place }) => place !== 'same'),
      { path: record.path, place: 'updated' },
    ]);
    return { verdicts, memory };
  } finally {
    await staged.discard();
  }
}

function refuseWrongFiles(verdicts: readonly FileVerdict[]): void {
  const wrong = verdicts.filter(({ outcome }) => outcome === 'wrong');
  if (wrong.length === 0) return;
  const lines = wrong.map(({ path, by, words }) => `${path}: refused by ${by}: ${words}`);
  throw new SiskinError('HOST_CHECK_FAILED', `${lines.join('\n')}\nNothing was written.`);
}
