import type { Problem } from '../problems.ts';
import { entriesOf, type Path, pathText, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** What in `front.forward` does not go together with itself, with the front and with the routes. */
export function forwardChecks(tree: YamlTree): Problem[] {
  const targets = listAt(tree.value, ['front', 'forward']);
  if (targets.length === 0) return [];
  const problem = ({ path, message }: Found): Problem => ({ ...tree.locate(path), message });
  return [
    ...frontProblems(tree.value),
    ...targets.flatMap((target, index) => targetProblems(tree.value, target, ['front', 'forward', index])),
    ...hostProblems(tree, targets),
  ].map(problem);
}

interface Found {
  path: Path;
  message: string;
}

function frontProblems(root: unknown): Found[] {
  const at = (...path: string[]) => valueAt(root, ['front', ...path]);
  return [
    ...(at('https') === undefined
      ? [
          {
            path: ['front', 'forward'],
            message:
              'needs front.https: the address and port at which names are looked at, such as 0.0.0.0:443',
          },
        ]
      : []),
    ...(at('trust', 'by') === 'x-forwarded-for'
      ? [
          {
            path: ['front', 'trust', 'by'],
            message:
              'does not go with front.forward, which passes TLS on unopened and sees no header: the proxy before the front must say it by proxy-protocol',
          },
        ]
      : []),
  ];
}

function targetProblems(root: unknown, target: unknown, path: Path): Found[] {
  return (['to', 'http'] as const).flatMap((key) => {
    const value = valueAt(target, [key]);
    const listen = valueAt(root, ['front', key === 'to' ? 'https' : 'http']);
    if (typeof value !== 'string') return [];
    if (key === 'http' && listen === undefined)
      return [
        { path: [...path, key], message: 'needs front.http: where plain HTTP is taken, such as 0.0.0.0:80' },
      ];
    const message = `${value} is where the front itself listens: it would pass on to itself`;
    return typeof listen === 'string' && isItself(value, listen) ? [{ path: [...path, key], message }] : [];
  });
}

/** The same place, or loopback where the front listens at every address. */
function isItself(to: string, listen: string): boolean {
  if (to === listen) return true;
  const [, host = '', port] = /^(.*):(\d+)$/.exec(to) ?? [];
  const [, every = '', listens] = /^(.*):(\d+)$/.exec(listen) ?? [];
  return port === listens && ['0.0.0.0', '[::]'].includes(every) && /^(127\.|\[::1\]$)/.test(host);
}

/** A name belongs to one host. */
function hostProblems(tree: YamlTree, targets: readonly unknown[]): Found[] {
  const taken = new Map(routesOf(tree.value).map(({ host, path }) => [host, path]));
  return targets.flatMap((target, index) =>
    listAt(target, ['hosts']).flatMap((written, place) => {
      if (typeof written !== 'string') return [];
      const path = ['front', 'forward', index, 'hosts', place];
      const host = written.toLowerCase();
      const other = taken.get(host);
      if (other === undefined) {
        taken.set(host, path);
        return [];
      }
      const where = `${pathText(other)} in line ${tree.locate(other).line ?? '?'}`;
      return [
        { path, message: `${host} is served or passed on elsewhere (${where}): a name belongs to one host` },
      ];
    }),
  );
}

const routesOf = (root: unknown): { host: string; path: Path }[] =>
  entriesOf(valueAt(root, ['apps'])).flatMap(([app, settings]) =>
    entriesOf(valueAt(settings, ['environments'])).flatMap(([environment, value]) =>
      listAt(value, ['routes']).flatMap((route, index) => {
        const host = valueAt(route, ['host']);
        const path = ['apps', app, 'environments', environment, 'routes', index, 'host'];
        return typeof host === 'string' ? [{ host: host.toLowerCase(), path }] : [];
      }),
    ),
  );

function listAt(root: unknown, path: Path): unknown[] {
  const value = valueAt(root, path);
  return Array.isArray(value) ? value : [];
}
