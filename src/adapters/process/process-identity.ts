import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What a process of ours looks like: its program, and arguments that only ours has (paths below our data directory). */
export interface ProcessIdentity {
  program: string;
  marks: string[];
  /** What it calls itself once it runs, where that is not its command line. */
  title?: string;
}

/** Whether this pid is a living process that looks like it; a pid that was given to another process does not. */
export function isRunning(pid: number, identity: ProcessIdentity): boolean {
  const stat = readProc(pid, 'stat');
  if (stat === null || /\) Z /.test(stat)) return false; // a zombie has ended, whoever is to bury it
  const commandLine = readProc(pid, 'cmdline') ?? '';
  if (identity.title !== undefined && commandLine.replace(/\0+$/, '') === identity.title) return true;
  const [program = '', ...args] = commandLine.split('\0');
  return (
    basename(program) === basename(identity.program) && identity.marks.every((mark) => args.includes(mark))
  );
}

function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return null; // no such process
  }
}
