import { posix } from 'node:path';
import { PassThrough, pipeline, type Readable } from 'node:stream';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import type { BuildSpec } from '../../domain/service-spec.ts';
import { packContext } from './context-archive.ts';
import {
  ContextEntries,
  type ContextEntry,
  type ContextSource,
  type OpenSubmodule,
} from './context-entries.ts';
import { ContextBudget, type ContextLimits } from './context-listing.ts';
import { parseDockerignore } from './dockerignore.ts';
import { type GitCall, runGit } from './git-runner.ts';
import { type FetchObjects, leftOutWords, replacePointers } from './lfs-pointers.ts';
import { readSmall } from './small-files.ts';
import { leadsOut } from './symlinks.ts';
import { cleanPath, findEntry, readTextFile, show } from './tree.ts';

const maxIgnoreBytes = 64 * 1024;
const maxTargetBytes = 4096;

/** What a context may hold beyond the commit's own files. */
export interface ContextExtras {
  /** null: submodules are left out. */
  openSubmodule: OpenSubmodule | null;
  /** null: Git LFS pointers stay what they are. */
  fetchObjects: FetchObjects | null;
  /** Gets a sentence for the deployment's log. */
  note: (line: string) => void;
}

/**
 * A folder of a commit as a tar stream, straight from the object store: no working tree, and no `git archive`, which
 * lets the repository's .gitattributes leave files out (export-ignore) and rewrite them (export-subst, eol, filters).
 * Everything is checked before the first byte is sent, except that git may die while it reads.
 * @throws SiskinError FILE_MISSING, FILE_REFUSED for context and Dockerfile; CONTEXT_REFUSED for what else is in it
 */
export async function openBuildContext(
  from: ContextSource,
  sha: string,
  build: BuildSpec,
  limits: ContextLimits,
  extras: ContextExtras,
): Promise<Readable> {
  const { call } = from;
  const root = cleanPath(build.context);
  const dockerfile = insideContext(root, build.dockerfile);
  await assertFile(call, sha, posix.join(root, dockerfile));
  const { isIgnored, file } = await readIgnoreFile(call, sha, root, dockerfile);
  const always = new Set([dockerfile, file]);
  const isKept = (path: string): boolean => always.has(path) || !isIgnored(path);
  const budget = new ContextBudget(limits);
  const gathered = new ContextEntries(isKept, budget, extras.openSubmodule);
  await gathered.add(from, await folderOf(call, sha, root), { sha, folder: root, prefix: '' });
  if (gathered.leftOut.length > 0) extras.note(leftOutWords('submodule', gathered.leftOut, 'submodules'));
  const { entries } = gathered;
  const targets = await readTargets(entries);
  for (const link of targets.keys())
    if (leadsOut(link, targets))
      throw new SiskinError(
        'CONTEXT_REFUSED',
        `${show(posix.join(root, link))} is a symbolic link to ${show(targets.get(link) ?? '')}, which is outside the build context`,
      );
  await replacePointers(entries, budget, extras);
  const seconds = Number((await runGit(['log', '-1', '--format=%ct', sha, '--'], call)).trim());
  const out = new PassThrough();
  // the error, if any, has destroyed `out` already, and comes out of it
  pipeline(packContext(entries, targets, new Date(seconds * 1000)), out, () => undefined);
  return out;
}

function insideContext(root: string, dockerfile: string): string {
  const path = cleanPath(posix.join(root || '.', dockerfile));
  if (root !== '' && !path.startsWith(`${root}/`))
    throw new SiskinError(
      'CONTEXT_REFUSED',
      `the Dockerfile ${show(path)} is outside the build context ${show(root)}`,
    );
  return root === '' ? path : path.slice(root.length + 1);
}

async function assertFile(call: GitCall, sha: string, path: string): Promise<void> {
  const { kind } = await findEntry(call, sha, path);
  if (kind !== 'file' && kind !== 'executable')
    throw new SiskinError('FILE_REFUSED', `${show(path)} is refused: it is no regular file`);
}

async function folderOf(call: GitCall, sha: string, root: string): Promise<string> {
  if (root === '') return sha;
  const entry = await findEntry(call, sha, root);
  if (entry.kind !== 'folder')
    throw new SiskinError('FILE_REFUSED', `the build context ${show(root)} is no folder`);
  return entry.oid;
}

/** `<Dockerfile>.dockerignore` goes before `.dockerignore`, as in BuildKit. */
async function readIgnoreFile(call: GitCall, sha: string, root: string, dockerfile: string) {
  for (const file of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const path = posix.join(root, file);
    try {
      return { file, isIgnored: parseDockerignore(await readTextFile(call, sha, path, maxIgnoreBytes)) };
    } catch (error) {
      if (error instanceof SiskinError && error.code === 'FILE_MISSING') continue;
      if (error instanceof SiskinError) throw error;
      throw new SiskinError('CONTEXT_REFUSED', `${show(path)}: ${messageOf(error)}`, {
        location: { file: path },
      });
    }
  }
  return { file: '.dockerignore', isIgnored: () => false };
}

async function readTargets(entries: ContextEntry[]): Promise<Map<string, string>> {
  const links = entries.filter((entry) => entry.kind === 'symlink');
  const long = links.find((link) => link.size > maxTargetBytes);
  if (long)
    throw new SiskinError(
      'CONTEXT_REFUSED',
      `the symbolic link ${show(long.path)} has a target of ${long.size} bytes`,
    );
  const targets = new Map<string, string>();
  for await (const { entry, text } of readSmall(links)) targets.set(entry.path, text);
  return targets;
}
