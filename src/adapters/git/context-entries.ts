import { posix } from 'node:path';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type ContextBudget, listContext } from './context-listing.ts';
import type { GitCall } from './git-runner.ts';
import { readGitmodules } from './gitmodules.ts';
import { submoduleAddress } from './submodule-address.ts';
import { show, type TreeEntry } from './tree.ts';

/** A mirror that holds files of a context, and the address that it mirrors. */
export interface ContextSource {
  call: GitCall;
  address: string;
}

/** A file or symbolic link of a context; its path is relative to the context's root. */
export interface ContextEntry extends TreeEntry {
  from: ContextSource;
  /** Where its content is, when not in the mirror: a Git LFS object. `size` is then that file's. */
  file?: string;
}

/** Makes a commit of another repository readable. @throws SiskinError as a fetch */
export type OpenSubmodule = (address: string, sha: string) => Promise<GitCall>;

const deepest = 5;
const mostSubmodules = 50;

/** Gathers the files of a tree, and where that is wanted those of its submodules below their paths. */
export class ContextEntries {
  readonly entries: ContextEntry[] = [];
  /** Paths of submodules whose files are not in it. */
  readonly leftOut: string[] = [];
  readonly #isKept: (path: string) => boolean;
  readonly #budget: ContextBudget;
  readonly #open: OpenSubmodule | null;
  #submodules = 0;

  /** @param open null to leave submodules out */
  constructor(isKept: (path: string) => boolean, budget: ContextBudget, open: OpenSubmodule | null) {
    this.#isKept = isKept;
    this.#budget = budget;
    this.#open = open;
  }

  /**
   * @param tree object id of the folder whose files are added
   * @param sha of the commit that it is in
   * @param folder the tree's path in its repository, '' for the root
   * @param prefix where its files are in the context
   * @throws SiskinError CONTEXT_REFUSED, SUBMODULE_REFUSED, as OpenSubmodule
   */
  async add(from: ContextSource, tree: string, { sha, folder, prefix }: Place, depth = 0): Promise<void> {
    const isKept = (path: string): boolean => this.#isKept(posix.join(prefix, path));
    const { files, submodules } = await listContext(from.call, tree, isKept, this.#budget);
    for (const file of files) this.entries.push({ ...file, path: posix.join(prefix, file.path), from });
    if (submodules.length === 0) return;
    if (this.#open === null) {
      this.leftOut.push(...submodules.map(({ path }) => posix.join(prefix, path)));
      return;
    }
    const addresses = await readGitmodules(from.call, sha);
    for (const { path, oid } of submodules) {
      const written = addresses.get(posix.join(folder, path));
      await this.#addSubmodule(from, written, { sha: oid, prefix: posix.join(prefix, path) }, depth + 1);
    }
  }

  async #addSubmodule(
    parent: ContextSource,
    written: string | undefined,
    { sha, prefix }: { sha: string; prefix: string },
    depth: number,
  ): Promise<void> {
    const refused = (why: string) =>
      new SiskinError('SUBMODULE_REFUSED', `the submodule ${show(prefix)} ${why}`);
    if (written === undefined) throw refused('has no entry with a path and a url in .gitmodules');
    if (depth > deepest) throw refused(`is nested deeper than ${deepest} levels`);
    this.#submodules += 1;
    if (this.#submodules > mostSubmodules) throw refused(`is one of more than ${mostSubmodules}`);
    const address = submoduleAddress(written, parent.address, prefix);
    const call = (await this.#open?.(address, sha)) ?? parent.call;
    await this.add({ call, address }, sha, { sha, folder: '', prefix }, depth);
  }
}

interface Place {
  sha: string;
  folder: string;
  prefix: string;
}
