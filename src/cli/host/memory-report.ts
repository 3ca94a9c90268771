import { type HostBundle, memoryOf } from '../../domain/host/bundle.ts';
import { type MemorySum, mebibytes, memoryShortage, sumMemory } from '../../domain/host/memory.ts';
import type { Io } from '../terminal/io.ts';
import { paint } from '../terminal/output.ts';
import { writeTable } from '../view/table.ts';

export interface MemoryReport extends MemorySum {
  machineBytes: number | null;
  /** Why the machine is too small; null when it is not, or its size is not known. */
  shortage: string | null;
}

/** @param machineBytes else what the folder's .env says */
export function memoryReport(bundle: HostBundle, machineBytes = bundle.memoryBytes): MemoryReport {
  const sum = sumMemory(memoryOf(bundle), bundle.profiles);
  const shortage = machineBytes === null ? undefined : memoryShortage(sum, machineBytes);
  return { ...sum, machineBytes, shortage: shortage ?? null };
}

/** By profile, then all together against the machine. */
export function writeMemory(io: Io, report: MemoryReport): void {
  const rows = [...report.rows, { profile: 'together', services: sumOf(report, 'services'), ...report }];
  writeTable(
    io,
    ['MEMORY', 'SERVICES', 'LIMIT', 'RESERVED', 'MORE WHILE DEPLOYING'],
    rows.map(({ profile, services, limitBytes, reservationBytes, surgeBytes }) => [
      profile,
      String(services),
      mebibytes(limitBytes),
      mebibytes(reservationBytes),
      mebibytes(surgeBytes),
    ]),
    'Nothing runs: COMPOSE_PROFILES names no profile.',
  );
  const machine =
    report.machineBytes === null
      ? 'the machine’s memory is not told (HOST_MEMORY)'
      : `of ${mebibytes(report.machineBytes)}`;
  io.write(`${mebibytes(report.limitBytes + report.surgeBytes)} at most, ${machine}\n`);
  for (const problem of [...report.problems, report.shortage ?? []].flat())
    io.write(`${paint(io, 'yellow', 'warn')}  ${problem}\n`);
}

const sumOf = ({ rows }: MemorySum, field: 'services'): number =>
  rows.reduce((sum, row) => sum + row[field], 0);
