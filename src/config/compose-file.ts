import { posix } from 'node:path';
import * as z from 'zod';
import type { EnvironmentKey } from '../domain/names.ts';
import type { ServiceSpec } from '../domain/service-spec.ts';
import { containerSpec } from './compose/container.ts';
import { composeMapping } from './compose/context.ts';
import { rolloutOrder } from './compose/order.ts';
import { fileRefusals } from './compose/refusals.ts';
import { checkRequirements, serviceNames } from './compose/requirements.ts';
import { rolloutSpec } from './compose/rollout.ts';
import { type CheckedService, serviceSchema } from './compose/service.ts';
import { checkWorker, type RoutedTo } from './compose/worker.ts';
import { isSecretPath, isTextPath } from './compose-paths.ts';
import type { Variables } from './interpolate.ts';
import { type Problem, ProblemsError, quoted } from './problems.ts';
import type { Allowed } from './siskin/types.ts';
import { validate } from './yaml-document.ts';
import { type Path, valueAt } from './yaml-path.ts';
import { readYamlTree, type YamlTree } from './yaml-tree.ts';

export interface ComposeOptions {
  /** The Compose file's path in the repository: names it in messages, and build.context is relative to its folder. */
  file: string;
  /** The services that are rolled; the others are not Siskin's. Ties in their order are broken by this one. */
  services: readonly string[];
  /** What siskin.yaml routes to them. */
  routes?: readonly RoutedTo[];
  /** Active profiles. */
  profiles: readonly string[];
  /** Values for `${VAR}` and for variables that are named without value. */
  variables: Variables;
  /** What the operator allows the file to ask of the host. */
  allow: Allowed;
  key: EnvironmentKey;
}

/**
 * Reads services out of a Compose file (the Compose Specification, as far as docs/reference/compose.md says).
 * @param text of the file; at most 256 KB are accepted
 * @returns the services in rollout order: each after those that it depends on
 * @throws ProblemsError COMPOSE_INVALID with every mistake: its file, line, column, key and what would be right
 */
export function parseComposeServices(text: string, options: ComposeOptions): ServiceSpec[] {
  const { file, services, variables } = options;
  const tree = readYamlTree(text, {
    file,
    variables,
    interpolates: ([top, name]) =>
      top === 'services' ? services.includes(String(name)) : top === 'networks' || top === 'volumes',
    verbatim: isTextPath,
  });
  const problems: Problem[] = [...tree.problems];
  const specs = tree.value === undefined ? [] : readServices(tree, options, problems);
  if (problems.length > 0 || specs.length < services.length)
    throw new ProblemsError('COMPOSE_INVALID', problems);
  return specs;
}

const anything = z.record(z.string(), z.unknown()).nullable().optional();
const fileSchema = composeMapping(
  {
    version: z.unknown().optional(),
    name: z.unknown().optional(),
    services: z.record(z.string(), z.record(z.string(), z.unknown())),
    networks: anything,
    volumes: anything,
    configs: anything,
    secrets: anything,
  },
  fileRefusals,
);

function readServices(tree: YamlTree, options: ComposeOptions, problems: Problem[]): ServiceSpec[] {
  problems.push(...validate(tree, fileSchema).problems);
  const order = rolloutOrder(valueAt(tree.value, ['services']), options.services);
  if ('cycle' in order) {
    const [service = ''] = order.cycle;
    const message = `goes round in a circle: ${[...order.cycle, service].join(' needs ')}`;
    problems.push({ ...tree.locate(['services', service, 'depends_on']), message });
  }
  const names = 'order' in order ? order.order : options.services;
  return names.flatMap((service) => readService(tree, options, service, problems) ?? []);
}

function readService(
  tree: YamlTree,
  options: ComposeOptions,
  service: string,
  problems: Problem[],
): ServiceSpec | undefined {
  const path = ['services', service];
  const services = valueAt(tree.value, ['services']);
  const raw = valueAt(tree.value, path);
  if (raw === undefined) {
    const message = `has no service ${quoted(service)}, which siskin.yaml names; it has: ${serviceNames(services)}`;
    if (services !== undefined) problems.push({ ...tree.locate(['services']), message });
    return undefined;
  }
  if (typeof raw !== 'object') return undefined;
  const report = (at: Path, message: string) => problems.push({ ...tree.locate([...path, ...at]), message });
  checkRequirements(raw, options.profiles, report);
  const routes = (options.routes ?? []).filter((route) => route.service === service);
  checkWorker(raw, routes, report);
  const schema = serviceSchema({
    key: options.key,
    service,
    allow: options.allow,
    variables: options.variables,
    folder: posix.dirname(posix.normalize(options.file)),
    volumes: valueAt(tree.value, ['volumes']),
    networks: valueAt(tree.value, ['networks']),
  });
  const { value: checked, problems: found } = validate(tree, schema, { path, isSecret: isSecretPath });
  problems.push(...found);
  if (!checked?.build) return undefined;
  return {
    service,
    build: checked.build,
    container: containerSpec(checked, askedByEngine(checked)),
    rollout: rolloutSpec(checked, report),
    ...(checked['x-siskin'].hooks && { hooks: checked['x-siskin'].hooks }),
  };
}

/** With x-siskin.health Siskin asks by itself; switching off the image's own check is honoured all the same. */
const askedByEngine = ({ healthcheck, 'x-siskin': siskin }: CheckedService): CheckedService['healthcheck'] =>
  siskin.health && healthcheck?.test[0] !== 'NONE' ? undefined : healthcheck;
