import type { RenderedFile } from '../../adapters/host/write-folder.ts';
import type { FileVerdict } from '../../domain/host/checkers.ts';
import type { HostPlan } from '../../domain/host/plan.ts';
import { type MemoryReport, writeMemory } from '../host/memory-report.ts';
import { writeVerdicts } from '../host/write-verdicts.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, writeJson } from '../terminal/output.ts';
import type { Placed } from './compare.ts';

/** Everything as it would be written, no secret among it. */
export function tellDryRun(io: Io, files: readonly RenderedFile[], json: boolean): void {
  if (json) {
    writeJson(io, { files: files.map(({ mode, ...file }) => ({ ...file, mode: octal(mode) })) });
    return;
  }
  for (const { path, mode, text } of files) {
    io.write(`${paint(io, 'bold', `# ${neutral(path)}`)} (${octal(mode)})\n`);
    io.write(`${text.trimEnd().split('\n').map(neutral).join('\n')}\n\n`);
  }
}

const octal = (mode: number): string => `0${mode.toString(8)}`;

interface Told {
  folder: string;
  placed: readonly Placed[];
  verdicts: readonly FileVerdict[];
  memory: MemoryReport;
  plan: HostPlan;
}

export function tellWritten(io: Io, { folder, placed, verdicts, memory, plan }: Told): void {
  writeVerdicts(io, verdicts);
  io.write('\n');
  for (const { path, place, differsAt } of placed) {
    if (place === 'beside')
      io.write(
        `${paint(io, 'yellow', 'kept')}  ${neutral(path)}, which differs from line ${differsAt}; what would be new: ${neutral(path)}.new\n`,
      );
  }
  const count = (place: Placed['place']) => placed.filter((one) => one.place === place).length;
  io.write(
    `${count('new')} files written to ${neutral(folder)}, ${count('updated')} brought up to date, ${count('same')} as they were, ${count('beside')} kept as you changed them\n\n`,
  );
  writeMemory(io, memory);
  const parts = plan.parts.map(({ name }) => name).join(', ');
  io.write(`\nNext, as README.md in the folder tells (it starts ${parts}):\n`);
  for (const sentence of plan.toDo) io.write(`  ${neutral(sentence)}\n`);
  io.write(`  siskin host check ${neutral(folder)}\n  siskin host start ${neutral(folder)}\n`);
}
