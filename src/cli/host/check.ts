import { readdir } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { FileVerdict } from '../../domain/host/checkers.ts';
import { checkerOf } from '../../domain/host/checkers.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, writeJson } from '../terminal/output.ts';
import { loadBundle } from './load-bundle.ts';
import { memoryReport, writeMemory } from './memory-report.ts';
import { verifyFiles } from './verify.ts';
import { writeVerdicts } from './write-verdicts.ts';

/** `siskin host check` */
export function addCheck(host: Command, io: Io): void {
  host
    .command('check')
    .description('let the right program look at each file, and add up the memory')
    .argument('[folder]', 'the folder', '.')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin host check /srv/host'))
    .action(async (folder: string, options: { json?: boolean }) => {
      const verdicts = await verifyFiles(resolve(folder), await pathsBelow(resolve(folder)), io.env);
      if (!options.json) writeVerdicts(io, verdicts);
      refuseWrong(verdicts, () => writeJson(io, { checks: verdicts }), options);
      const bundle = await loadBundle(folder);
      const memory = memoryReport(bundle);
      if (options.json) writeJson(io, { checks: verdicts, memory, unfilled: bundle.unfilled });
      else {
        io.write('\n');
        writeMemory(io, memory);
        for (const place of bundle.unfilled)
          io.write(`${paint(io, 'yellow', 'warn')}  ${neutral(place)} still says CHANGE-ME\n`);
      }
      if (memory.shortage !== null) throw new SiskinError('HOST_MEMORY_SHORT', memory.shortage);
    });
}

function refuseWrong(verdicts: readonly FileVerdict[], tell: () => void, { json }: { json?: boolean }): void {
  const wrong = verdicts.filter(({ outcome }) => outcome === 'wrong');
  if (wrong.length === 0) return;
  if (json) tell();
  throw new SiskinError('HOST_CHECK_FAILED', `Refused: ${wrong.map(({ path }) => path).join(', ')}.`);
}

/** More than any host's folder has: somebody named another one. */
const mostFiles = 2_000;

/** Files that something can check, relative to the folder, in order. @throws SiskinError HOST_FOLDER_MISSING */
async function pathsBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => {
    throw new SiskinError('HOST_FOLDER_MISSING', `${folder} cannot be read.`);
  });
  if (entries.length > mostFiles)
    throw new SiskinError(
      'HOST_FOLDER_MISSING',
      `${folder} has more than ${mostFiles} files: it is no host's folder.`,
    );
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => checkerOf(path) !== null)
    .sort();
}
