import type { Problem } from '../problems.ts';
import { entriesOf, type Path, pathText, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';
import { safetyChecks } from './checks-backup.ts';
import { deliveryChecks } from './checks-delivery.ts';
import { forwardChecks } from './checks-forward.ts';
import { frontChecks } from './checks-front.ts';
import { githubChecks } from './checks-github.ts';
import { rawServices, serviceChecks } from './checks-services.ts';
import { slackChecks } from './checks-slack.ts';
import { gitChecks } from './git-checks.ts';

/**
 * What no single value shows: things that are there twice, and names that become the same when they are joined. Reads
 * the raw document, so that these are reported along with every other mistake.
 */
export function crossChecks(tree: YamlTree): Problem[] {
  const environments = environmentsOf(tree.value);
  return [
    ...repeated(tree, tokens(tree.value, 'name'), 'is the name of another token'),
    ...repeated(tree, tokens(tree.value, 'hash'), 'is the hash of another token'),
    ...repeated(tree, listeners(tree.value), 'is where the server listens: choose another port'),
    ...repeated(tree, branches(environments), 'is a branch that another environment of this app follows'),
    ...repeated(tree, routes(environments), 'has the host and path of another route'),
    ...serviceChecks(tree),
    ...joinedTwice(tree, environments),
    ...routerWithoutSocket(tree),
    ...slackChecks(tree),
    ...gitChecks(tree),
    ...githubChecks(tree),
    ...deliveryChecks(tree),
    ...frontChecks(tree),
    ...forwardChecks(tree),
    ...safetyChecks(tree),
  ];
}

interface Claim {
  path: Path;
  /** What must be there only once. */
  value: string;
  /** The value, where it may be shown. */
  shown?: string;
}

function repeated(tree: YamlTree, claims: Claim[], message: string): Problem[] {
  const first = new Map<string, Claim>();
  return claims.flatMap((claim) => {
    const other = first.get(claim.value);
    if (!other) {
      first.set(claim.value, claim);
      return [];
    }
    if (pathText(other.path) === pathText(claim.path)) return [];
    const where = `${pathText(other.path)} in line ${tree.locate(other.path).line ?? '?'}`;
    const what = claim.shown ? `${claim.shown} ` : '';
    return [{ ...tree.locate(claim.path), message: `${what}${message} (${where})` }];
  });
}

interface Environment {
  app: string;
  environment: string;
  services: string[];
  value: unknown;
  path: Path;
}

const environmentsOf = (root: unknown): Environment[] =>
  entriesOf(valueAt(root, ['apps'])).flatMap(([app, settings]) =>
    entriesOf(valueAt(settings, ['environments'])).map(([environment, value]) => ({
      app,
      environment,
      services: rawServices(settings),
      value,
      path: ['apps', app, 'environments', environment],
    })),
  );

const branches = (environments: Environment[]): Claim[] =>
  environments.flatMap(({ app, value, path }) => {
    const branch = valueAt(value, ['branch']);
    return typeof branch === 'string'
      ? [{ path: [...path, 'branch'], value: `${app} ${branch}`, shown: branch }]
      : [];
  });

const routes = (environments: Environment[]): Claim[] =>
  environments.flatMap(({ value, path }) => {
    const list = valueAt(value, ['routes']);
    return (Array.isArray(list) ? list : []).flatMap((route: unknown, index) => {
      const host = valueAt(route, ['host']);
      const prefix = valueAt(route, ['path']) ?? '/';
      if (typeof host !== 'string' || typeof prefix !== 'string') return [];
      const address = `${host.toLowerCase()}${prefix.replace(/(?<=.)\/$/, '')}`;
      return [{ path: [...path, 'routes', index], value: address, shown: address }];
    });
  });

/** Networks and images are named app-environment, backends and containers app-environment-service. */
function joinedTwice(tree: YamlTree, environments: Environment[]): Problem[] {
  const claim = (name: string, path: Path): Claim => ({ path, value: name, shown: name });
  const message =
    'is also made of the names of another environment, for they are joined with dashes: rename one';
  const pairs = environments.map(({ app, environment, path }) => claim(`${app}-${environment}`, path));
  const backends = environments.flatMap(({ app, environment, services, path }) =>
    services.map((service) => claim(`${app}-${environment}-${service}`, path)),
  );
  const ambiguous = repeated(tree, pairs, message);
  const told = new Set(ambiguous.map(({ key }) => key));
  return [...ambiguous, ...repeated(tree, backends, message).filter(({ key }) => !told.has(key))];
}

function tokens(root: unknown, field: 'name' | 'hash'): Claim[] {
  const list = valueAt(root, ['api', 'tokens']);
  return (Array.isArray(list) ? list : []).flatMap((token: unknown, index) => {
    const value = valueAt(token, [field]);
    return typeof value === 'string'
      ? [{ path: ['api', 'tokens', index, field], value: value.toLowerCase() }]
      : [];
  });
}

const listeners = (root: unknown): Claim[] =>
  ['server', 'router'].flatMap((part) => {
    const listen =
      valueAt(root, [part, 'listen']) ?? (part === 'server' ? '127.0.0.1:8080' : '127.0.0.1:8081');
    return typeof listen === 'string' ? [{ path: [part, 'listen'], value: listen, shown: listen }] : [];
  });

function routerWithoutSocket(tree: YamlTree): Problem[] {
  const router = valueAt(tree.value, ['router']);
  if (valueAt(router, ['container']) === undefined || valueAt(router, ['socket']) !== undefined) return [];
  const message = "is missing: with router.container, Siskin needs the path of that HAProxy's admin socket";
  return [{ ...tree.locate(['router', 'socket']), message }];
}
