import { once } from 'node:events';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { gitWords } from './git-failure.ts';
import { type GitCall, spawnGit } from './git-runner.ts';
import { parseTreeLine, show, type TreeEntry } from './tree.ts';

export interface ContextLimits {
  maxEntries: number;
  maxBytes: number;
}

/** What is left of the limits, over all that goes into one context. */
export class ContextBudget {
  readonly #limits: ContextLimits;
  #entries = 0;
  #bytes = 0;

  constructor(limits: ContextLimits) {
    this.#limits = limits;
  }

  /** @throws SiskinError CONTEXT_REFUSED */
  addEntries(count: number): void {
    this.#entries += count;
    if (this.#entries > this.#limits.maxEntries)
      throw refused(`the build context has more than ${this.#limits.maxEntries} files`);
  }

  /** @throws SiskinError CONTEXT_REFUSED */
  addBytes(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.maxBytes)
      throw refused(`the build context is larger than ${Math.round(this.#limits.maxBytes / 1e6)} MB`);
  }
}

/**
 * The files and symbolic links of a tree that are to be sent, in git's order, and its submodules by themselves. Stops
 * reading as soon as a limit is passed: a small repository can name more files than there are atoms.
 * @param tree object id of the context's folder
 * @param isKept tells by path what .dockerignore lets through
 * @throws SiskinError CONTEXT_REFUSED
 */
export async function listContext(
  call: GitCall,
  tree: string,
  isKept: (path: string) => boolean,
  budget: ContextBudget,
): Promise<{ files: TreeEntry[]; submodules: TreeEntry[] }> {
  const files: TreeEntry[] = [];
  const submodules: TreeEntry[] = [];
  for await (const entries of listTree(call, tree)) {
    budget.addEntries(entries.length);
    for (const entry of entries) {
      if (!isKept(entry.path)) continue;
      assertPath(entry.path);
      budget.addBytes(entry.size);
      (entry.kind === 'submodule' ? submodules : files).push(entry);
    }
  }
  return { files, submodules };
}

/** In portions, as git writes them: one by one would take longer than reading them. */
async function* listTree(call: GitCall, tree: string): AsyncGenerator<TreeEntry[]> {
  const git = spawnGit(['ls-tree', '-r', '-z', '--long', '--full-tree', tree], call);
  git.stdin.end();
  let words = '';
  git.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-4000);
  });
  const exit = once(git, 'exit').then(([code]: unknown[]) => code);
  // the same failure is thrown below; without this it would also count as unhandled when the reader stops first
  exit.catch(() => undefined);
  try {
    for await (const lines of splitAtNul(git.stdout)) yield lines.map(readLine);
    if ((await exit) !== 0) throw new Error(`git ls-tree: ${gitWords(words)}`);
  } finally {
    git.stdout.destroy();
    git.kill();
  }
}

function readLine(line: string): TreeEntry {
  const entry = parseTreeLine(line);
  if (!entry) throw refused(`the repository has an entry that git alone can read: ${show(line)}`);
  return entry;
}

async function* splitAtNul(stream: AsyncIterable<Buffer>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    const whole = Buffer.concat([rest, chunk]);
    const end = whole.lastIndexOf(0);
    rest = whole.subarray(end + 1);
    if (rest.length > 65_536) throw refused('the repository has a path of more than 65,536 bytes');
    if (end >= 0) yield decode(decoder, whole.subarray(0, end)).split('\0');
  }
}

function decode(decoder: InstanceType<typeof TextDecoder>, lines: Buffer): string {
  try {
    return decoder.decode(lines);
  } catch {
    const wrong = lines
      .toString('utf8')
      .split('\0')
      .find((line) => line.includes('\ufffd'));
    throw refused(`the name of a file is not UTF-8: ${show(wrong?.split('\t').at(-1) ?? '')}`);
  }
}

/** git's own tools never make such trees; a hand-made one could. */
function assertPath(path: string): void {
  if (path.length > 4096 || path.split('/').some((part) => part === '..' || part === '.' || part === ''))
    throw refused(`the path ${show(path)} leads out of the repository or is too long`);
}

const refused = (message: string): SiskinError => new SiskinError('CONTEXT_REFUSED', message);
