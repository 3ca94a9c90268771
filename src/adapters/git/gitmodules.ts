import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { type GitCall, runGit } from './git-runner.ts';
import { findEntry } from './tree.ts';

const maxBytes = 64 * 1024;
const file = '.gitmodules';

/**
 * The addresses of a commit's submodules by their path, as .gitmodules has them: read by git itself, which includes
 * no other file from there. Empty without that file.
 * @throws SiskinError SUBMODULE_REFUSED, FILE_REFUSED
 */
export async function readGitmodules(call: GitCall, sha: string): Promise<Map<string, string>> {
  const entry = await findEntry(call, sha, file).catch((error: unknown) => {
    if (error instanceof SiskinError && error.code === 'FILE_MISSING') return null;
    throw error;
  });
  if (entry === null) return new Map();
  if (entry.size > maxBytes)
    throw new SiskinError(
      'SUBMODULE_REFUSED',
      `${file} has ${entry.size} bytes, at most ${maxBytes} are read`,
    );
  const args = ['config', `--blob=${entry.oid}`, '--no-includes', '--null', '--list'];
  const text = await runGit(args, call).catch((cause: unknown) => {
    call.signal?.throwIfAborted();
    throw new SiskinError('SUBMODULE_REFUSED', `${file} cannot be read by git`, { cause });
  });
  return byPath(text);
}

/** `submodule.NAME.path LF value NUL` and the same of `url`; the last of a key counts. */
function byPath(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  const urls = new Map<string, string>();
  for (const item of text.split('\0')) {
    const [, name, key, value] = /^submodule\.(.+)\.(path|url)\n(.*)$/s.exec(item) ?? [];
    if (name === undefined || value === undefined) continue;
    (key === 'path' ? paths : urls).set(name, value);
  }
  return new Map(
    [...paths].flatMap(([name, path]) => {
      const url = urls.get(name);
      return url === undefined ? [] : [[path.replace(/\/+$/, ''), url]];
    }),
  );
}
