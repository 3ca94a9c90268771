import { entriesOf, valueAt } from '../yaml-path.ts';

/**
 * The order in which services are rolled out: each after those that it depends on, directly or through services that are
 * not rolled; ties by the order given.
 *
 * @param services the file's services, as they are
 * @param rolled names of those that are rolled
 * @returns a cycle among `depends_on`, where there is one
 */
export function rolloutOrder(
  services: unknown,
  rolled: readonly string[],
): { order: string[] } | { cycle: string[] } {
  const needs: Reached = new Map();
  for (const service of rolled) {
    const cycle = reach(services, service, [], needs);
    if (cycle) return { cycle };
  }
  const order: string[] = [];
  while (order.length < rolled.length) {
    const next = rolled.find(
      (service) =>
        !order.includes(service) &&
        rolled.every((other) => !needs.get(service)?.has(other) || order.includes(other)),
    );
    if (next === undefined) break;
    order.push(next);
  }
  return { order };
}

type Reached = Map<string, Set<string>>;

/**
 * Notes all that a service depends on, and all that those do; each is looked at once.
 * @param trail how it was come to
 * @returns the cycle that it is part of, if it is
 */
function reach(
  services: unknown,
  service: string,
  trail: readonly string[],
  known: Reached,
): string[] | undefined {
  const from = trail.indexOf(service);
  if (from !== -1) return trail.slice(from);
  if (known.has(service)) return undefined;
  const reached = new Set<string>();
  for (const needed of dependencies(valueAt(services, [service, 'depends_on']))) {
    const cycle = reach(services, needed, [...trail, service], known);
    if (cycle) return cycle;
    for (const one of [needed, ...(known.get(needed) ?? [])]) reached.add(one);
  }
  known.set(service, reached);
  return undefined;
}

/** `depends_on` as a list of names, or as a mapping with conditions. */
const dependencies = (value: unknown): string[] =>
  Array.isArray(value)
    ? value.filter((name): name is string => typeof name === 'string')
    : entriesOf(value).map(([name]) => name);
