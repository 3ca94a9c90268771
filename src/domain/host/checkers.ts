/** What looks at a file of the folder; null where nothing can. */
export type Checker =
  | 'root'
  | 'part'
  | 'app'
  | 'siskin'
  | 'env'
  | 'json'
  | 'yaml'
  | 'prometheus'
  | 'rules'
  | 'ruleTests'
  | 'alertmanager'
  | 'haproxy'
  | 'nginx';

const byPath: readonly [RegExp, Checker][] = [
  [/^docker-compose\.yml$/, 'root'],
  [/^apps\/[^/]+\/docker-compose\.yml$/, 'app'],
  [/^[^/]+\/docker-compose\.yml$/, 'part'],
  [/^siskin\.yaml$/, 'siskin'],
  [/(^|\/)\.env$/, 'env'],
  [/\.json$/, 'json'],
  [/(^|\/)prometheus\/tests\/[^/]+\.ya?ml$/, 'ruleTests'],
  [/(^|\/)rules\/[^/]+\.ya?ml$|[.-]rules\.ya?ml$/, 'rules'],
  [/(^|\/)prometheus[^/]*\.ya?ml$/, 'prometheus'],
  [/(^|\/)alertmanager[^/]*\.ya?ml$/, 'alertmanager'],
  [/(^|\/)haproxy\.cfg$/, 'haproxy'],
  [/^front\/(standby-)?nginx\//, 'nginx'],
  [/\.ya?ml$/, 'yaml'],
];

/** @param path relative to the folder */
export const checkerOf = (path: string): Checker | null =>
  byPath.find(([pattern]) => pattern.test(path))?.[1] ?? null;

/** What was found out about a file. */
export interface FileVerdict {
  path: string;
  outcome: 'right' | 'wrong' | 'unchecked';
  /** The program that looked, with its version where it says so; or what could have. */
  by: string | null;
  /** Why it is wrong, or was not looked at. */
  words: string | null;
}
