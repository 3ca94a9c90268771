import type { Problem } from '../problems.ts';
import { entriesOf, type Path, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** What the keys of an app's `git` mean for one another, for `repo`, and for other apps of the same repository. */
export function gitChecks(tree: YamlTree): Problem[] {
  const apps = entriesOf(valueAt(tree.value, ['apps']));
  const shared = new Map<string, { app: string; git: string }>();
  return apps.flatMap(([app, settings]) => {
    const repo = valueAt(settings, ['repo']);
    const git = valueAt(settings, ['git']);
    const report = (path: Path, message: string): Problem => ({
      ...tree.locate(['apps', app, 'git', ...path]),
      message,
    });
    const problems = git === undefined ? [] : gitProblems(git, repo, report);
    if (typeof repo !== 'string') return problems;
    const own = JSON.stringify(git ?? {});
    const other = shared.get(repo);
    if (other === undefined) shared.set(repo, { app, git: own });
    else if (other.git !== own)
      problems.push(report([], `must be the same as in the app ${other.app}, which has the same repo`));
    return problems;
  });
}

function gitProblems(
  git: unknown,
  repo: unknown,
  report: (path: Path, message: string) => Problem,
): Problem[] {
  const has = (key: string): boolean => valueAt(git, [key]) !== undefined;
  const address = typeof repo === 'string' ? repo : '';
  const https = address.startsWith('https://');
  const ssh = address.startsWith('ssh://') || /^[^/:]+@[^/]+:/.test(address);
  const pinned = has('knownHosts') || has('knownHostsFile');
  const problems: Problem[] = [];
  if (has('token') && !https)
    problems.push(report(['token'], 'is for an https:// address: this repo has another, so remove it'));
  if (has('deployKeyFile') && !ssh)
    problems.push(report(['deployKeyFile'], 'is for an ssh address such as git@github.com:acme/shop.git'));
  if (has('deployKeyFile') && !pinned)
    problems.push(
      report(
        ['deployKeyFile'],
        'needs pinned host keys beside it: set knownHostsFile or knownHosts (ssh-keyscan HOST)',
      ),
    );
  if (has('knownHosts') && has('knownHostsFile'))
    problems.push(report(['knownHosts'], 'and knownHostsFile say the same thing: keep one of them'));
  return problems;
}
