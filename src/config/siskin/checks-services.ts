import { type Problem, quoted } from '../problems.ts';
import { entriesOf, type Path, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** The services that an app names, under `service` or `services`; texts only. */
export function rawServices(app: unknown): string[] {
  const one = valueAt(app, ['service']);
  if (one !== undefined) return typeof one === 'string' ? [one] : [];
  return entriesOf(valueAt(app, ['services'])).map(([name]) => name);
}

/** Each app names its services in one way, and each route one of them. */
export const serviceChecks = (tree: YamlTree): Problem[] =>
  entriesOf(valueAt(tree.value, ['apps'])).flatMap(([name, app]) => {
    const path = ['apps', name];
    return [...namedOnce(tree, app, path), ...routeProblems(tree, app, path)];
  });

function namedOnce(tree: YamlTree, app: unknown, path: Path): Problem[] {
  const has = (key: string): boolean => valueAt(app, [key]) !== undefined;
  if (has('service') && has('services')) {
    const message = 'stands beside service: write the one service under service, or all under services';
    return [{ ...tree.locate([...path, 'services']), message }];
  }
  if (has('service') || has('services') || typeof app !== 'object' || app === null) return [];
  const message =
    'is missing: name the Compose service to deploy, or several under services, for example services: { web: {}, api: {} }';
  return [{ ...tree.locate([...path, 'service']), message }];
}

function routeProblems(tree: YamlTree, app: unknown, path: Path): Problem[] {
  const services = rawServices(app);
  return entriesOf(valueAt(app, ['environments'])).flatMap(([environment, settings]) => {
    const routes = valueAt(settings, ['routes']);
    return (Array.isArray(routes) ? routes : []).flatMap((route: unknown, index) => {
      const at = [...path, 'environments', environment, 'routes', index];
      return routeProblem(tree, services, valueAt(route, ['service']), at);
    });
  });
}

function routeProblem(tree: YamlTree, services: string[], service: unknown, at: Path): Problem[] {
  const known = services.join(', ');
  if (service === undefined && services.length > 1)
    return [
      {
        ...tree.locate([...at, 'service']),
        message: `is missing: the app has several services, so name the one that answers: ${known}`,
      },
    ];
  if (typeof service !== 'string' || services.length === 0 || services.includes(service)) return [];
  const message = `is ${quoted(service)}, which is no service of this app; it has: ${known}`;
  return [{ ...tree.locate([...at, 'service']), message }];
}
