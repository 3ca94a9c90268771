import type { Problem } from '../problems.ts';
import { valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** Keys of `github` that do not go together. */
export function githubChecks(tree: YamlTree): Problem[] {
  const has = (key: string) => valueAt(tree.value, ['github', key]) !== undefined;
  if (has('token') && has('app')) {
    const { line } = tree.locate(['github', 'token']);
    const message = `cannot be used beside github.token (line ${line ?? '?'}): keep one of the two`;
    return [{ ...tree.locate(['github', 'app']), message }];
  }
  if (has('token') || has('app')) return [];
  return ['deployments', 'statuses'].flatMap((key) => {
    const wanted = valueAt(tree.value, ['github', key]);
    if (wanted !== true && wanted !== 'true') return [];
    return [{ ...tree.locate(['github', key]), message: 'needs github.token or github.app' }];
  });
}
