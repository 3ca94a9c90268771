import type { Problem } from '../problems.ts';
import { entriesOf, type Path, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** What in `front` and `access` does not go together. */
export function frontChecks(tree: YamlTree): Problem[] {
  const front = valueAt(tree.value, ['front']);
  const problem = (path: Path, message: string): Problem => ({ ...tree.locate(path), message });
  return [
    ...(front !== undefined ? listeners(tree).map(({ path, message }) => problem(path, message)) : []),
    ...environments(tree).flatMap(({ path, value }) =>
      environmentProblems(value, front).map(({ key, message }) => problem([...path, ...key], message)),
    ),
  ];
}

function listeners(tree: YamlTree): { path: Path; message: string }[] {
  const at = (...path: string[]) => valueAt(tree.value, path);
  const http = at('front', 'http');
  const https = at('front', 'https');
  if (http === undefined && https === undefined)
    return [
      {
        path: ['front'],
        message: 'needs http or https: an address and port to listen on, such as 0.0.0.0:80',
      },
    ];
  const taken = [
    { name: 'server.listen', value: at('server', 'listen') ?? '127.0.0.1:8080' },
    { name: 'router.listen', value: at('router', 'listen') ?? '127.0.0.1:8081' },
    ...(http === undefined ? [] : [{ name: 'front.http', value: http }]),
  ];
  const own = [
    { key: 'http', value: http, others: taken.slice(0, 2) },
    { key: 'https', value: https, others: taken },
  ];
  return own.flatMap(({ key, value, others }) => {
    const other = others.find((one) => overlap(one.value, value));
    const message = `${String(value)} is where ${other?.name} listens: choose another port`;
    return other ? [{ path: ['front', key], message }] : [];
  });
}

/** The same port on the same address, or on every address. */
function overlap(one: unknown, other: unknown): boolean {
  if (typeof one !== 'string' || typeof other !== 'string') return false;
  const [host, port] = split(one);
  const [otherHost, otherPort] = split(other);
  const every = (name: string) => name === '0.0.0.0' || name === '[::]';
  return port === otherPort && (host === otherHost || every(host) || every(otherHost));
}

const split = (listen: string): [string, string] => {
  const colon = listen.lastIndexOf(':');
  return [listen.slice(0, colon), listen.slice(colon + 1)];
};

function environmentProblems(value: unknown, front: unknown): { key: Path; message: string }[] {
  const has = (...path: string[]) => valueAt(value, path) !== undefined;
  const missing =
    'needs front at the top of this file: without it Siskin starts no nginx that could heed this';
  if (front === undefined)
    return ['front', 'access'].filter((key) => has(key)).map((key) => ({ key: [key], message: missing }));
  const routes = valueAt(value, ['routes']);
  const paths = (Array.isArray(routes) ? routes : []).map(
    (route: unknown) => valueAt(route, ['path']) ?? '/',
  );
  const allow = valueAt(value, ['access', 'allow']);
  return [
    ...(has('front', 'static') && paths.includes('/')
      ? [
          {
            key: ['front', 'static'],
            message:
              'is served at /, where a route of this environment is: give the route a path such as /api',
          },
        ]
      : []),
    ...(valueAt(value, ['front', 'tls']) === 'required' && valueAt(front, ['https']) === undefined
      ? [
          {
            key: ['front', 'tls'],
            message: 'needs front.https: an address and port to listen on, such as 0.0.0.0:443',
          },
        ]
      : []),
    ...(has('access') && !has('access', 'basicAuth') && (!Array.isArray(allow) || allow.length === 0)
      ? [{ key: ['access'], message: 'needs allow, basicAuth or both: as it stands everybody may enter' }]
      : []),
  ];
}

const environments = (tree: YamlTree): { path: Path; value: unknown }[] =>
  entriesOf(valueAt(tree.value, ['apps'])).flatMap(([app, settings]) =>
    entriesOf(valueAt(settings, ['environments'])).map(([environment, value]) => ({
      path: ['apps', app, 'environments', environment],
      value,
    })),
  );
