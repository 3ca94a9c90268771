import { posix } from 'node:path';
import type { AccessorySpec } from '../domain/accessories/accessory.ts';
import { accessorySchema, accessorySpec } from './compose/accessory.ts';
import { serviceNames } from './compose/requirements.ts';
import type { ComposeOptions } from './compose-file.ts';
import { isSecretPath, isTextPath } from './compose-paths.ts';
import { type Problem, ProblemsError, quoted } from './problems.ts';
import { validate } from './yaml-document.ts';
import { valueAt } from './yaml-path.ts';
import { readYamlTree, type YamlTree } from './yaml-tree.ts';

export interface AccessoryOptions extends Omit<ComposeOptions, 'services' | 'routes'> {
  /** The services that siskin.yaml names under `accessories`. */
  accessories: readonly string[];
}

/**
 * Reads the accessories out of a Compose file, under the same rules as the service that is rolled. One whose profiles are
 * all inactive in this environment is left out: production's database may be elsewhere, while test's is a container.
 * @throws ProblemsError COMPOSE_INVALID with every mistake
 */
export function parseComposeAccessories(text: string, options: AccessoryOptions): AccessorySpec[] {
  const { file, accessories, variables } = options;
  const tree = readYamlTree(text, {
    file,
    variables,
    interpolates: ([top, name]) =>
      top === 'services' ? accessories.includes(String(name)) : top === 'networks' || top === 'volumes',
    verbatim: isTextPath,
  });
  const problems: Problem[] = [...tree.problems];
  const specs =
    tree.value === undefined ? [] : accessories.flatMap((name) => readOne(tree, name, options, problems));
  if (problems.length > 0) throw new ProblemsError('COMPOSE_INVALID', problems);
  return specs;
}

function readOne(
  tree: YamlTree,
  name: string,
  options: AccessoryOptions,
  problems: Problem[],
): AccessorySpec[] {
  const path = ['services', name];
  const raw = valueAt(tree.value, path);
  if (raw === undefined) {
    const known = serviceNames(valueAt(tree.value, ['services']));
    const message = `has no service ${quoted(name)}, which siskin.yaml names under accessories; it has: ${known}`;
    problems.push({ ...tree.locate(['services']), message });
    return [];
  }
  if (!isActive(raw, options.profiles)) return [];
  const schema = accessorySchema({
    key: options.key,
    service: name,
    allow: options.allow,
    variables: options.variables,
    folder: posix.dirname(posix.normalize(options.file)),
    volumes: valueAt(tree.value, ['volumes']),
    networks: valueAt(tree.value, ['networks']),
  });
  const { value, problems: found } = validate(tree, schema, { path, isSecret: isSecretPath });
  problems.push(...found);
  return value ? [accessorySpec(name, value)] : [];
}

/** As in Compose: a service without profiles is always active. */
function isActive(service: unknown, active: readonly string[]): boolean {
  const own = valueAt(service, ['profiles']);
  return !Array.isArray(own) || own.length === 0 || own.some((profile) => active.includes(String(profile)));
}
