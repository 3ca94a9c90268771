import type { Problem } from '../problems.ts';
import { entriesOf, type Path, valueAt } from '../yaml-path.ts';
import type { YamlTree } from '../yaml-tree.ts';

/** What of `backup`, `standby` and `dns` does not go together, or names what is not there. */
export function safetyChecks(tree: YamlTree): Problem[] {
  const problem = (path: Path, message: string): Problem => ({ ...tree.locate(path), message });
  return [
    ...unknownEnvironments(tree).map(({ path, message }) => problem(path, message)),
    ...standbyProblems(tree).map(({ path, message }) => problem(path, message)),
    ...dnsProblems(tree).map(({ path, message }) => problem(path, message)),
    ...twice(tree, ['backup', 'databases'], 'name').map(({ path, message }) => problem(path, message)),
    ...twice(tree, ['dns', 'records'], 'name').map(({ path, message }) => problem(path, message)),
  ];
}

interface Found {
  path: Path;
  message: string;
}

function unknownEnvironments(tree: YamlTree): Found[] {
  const known = entriesOf(valueAt(tree.value, ['apps'])).flatMap(([app, settings]) =>
    entriesOf(valueAt(settings, ['environments'])).map(([environment]) => `${app}/${environment}`),
  );
  const lists: Path[] = [
    ['backup', 'beforeDeploy'],
    ['standby', 'apps'],
  ];
  return lists.flatMap((path) =>
    listAt(tree.value, path).flatMap((name, index) =>
      typeof name === 'string' && /^[^/]+\/[^/]+$/.test(name) && !known.includes(name)
        ? [
            {
              path: [...path, index],
              message: `there is no environment ${name}; there are: ${known.join(', ') || 'none'}`,
            },
          ]
        : [],
    ),
  );
}

function standbyProblems({ value }: YamlTree): Found[] {
  const standby = valueAt(value, ['standby']);
  if (standby === undefined) return [];
  const docker = valueAt(standby, ['docker']);
  const names = listAt(value, ['backup', 'databases']).map((one) => valueAt(one, ['name']));
  const unknown = listAt(standby, ['databases']).flatMap((one, index) => {
    const name = valueAt(one, ['name']);
    return typeof name !== 'string' || names.includes(name)
      ? []
      : [
          {
            path: ['standby', 'databases', index, 'name'],
            message: `${name} is not one of backup.databases`,
          },
        ];
  });
  const ssh = typeof docker === 'string' && docker.startsWith('ssh://');
  if (ssh && valueAt(standby, ['ssh']) === undefined)
    unknown.push({
      path: ['standby', 'docker'],
      message: 'needs standby.ssh.hostKey: an unknown host is not believed to be the standby',
    });
  return unknown;
}

function dnsProblems({ value }: YamlTree): Found[] {
  const dns = valueAt(value, ['dns']);
  if (dns === undefined) return [];
  const has = (key: string) => valueAt(dns, [key]) !== undefined;
  const found: Found[] = [];
  if (has('token') && has('tokenFile'))
    found.push({ path: ['dns', 'tokenFile'], message: 'cannot stand beside dns.token: keep one of the two' });
  if (!has('token') && !has('tokenFile'))
    found.push({ path: ['dns'], message: 'needs a token, or a tokenFile that holds it' });
  const zone = hostAt(dns, 'zone');
  for (const [index, record] of listAt(dns, ['records']).entries()) {
    const name = hostAt(record, 'name');
    if (name !== '' && zone !== '' && name !== zone && !name.endsWith(`.${zone}`))
      found.push({ path: ['dns', 'records', index, 'name'], message: `${name} is not in the zone ${zone}` });
    const [primary, standby] = [hostAt(record, 'primary'), hostAt(record, 'standby')];
    if (primary !== '' && primary === standby)
      found.push({ path: ['dns', 'records', index, 'standby'], message: 'is the same as primary' });
    for (const side of ['primary', 'standby'])
      if (name !== '' && hostAt(record, side) === name)
        found.push({
          path: ['dns', 'records', index, side],
          message: 'is the name itself: it would lead nowhere',
        });
  }
  return found;
}

function twice({ value }: YamlTree, list: Path, key: string): Found[] {
  const seen = new Set<string>();
  return listAt(value, list).flatMap((one, index) => {
    const name = hostAt(one, key);
    if (name === '' || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [{ path: [...list, index, key], message: `${name} stands in this list already` }];
  });
}

function listAt(value: unknown, path: Path): unknown[] {
  const found = valueAt(value, path);
  return Array.isArray(found) ? found : [];
}

function hostAt(value: unknown, key: string): string {
  const found = valueAt(value, [key]);
  return typeof found === 'string' ? found.toLowerCase().replace(/\.$/, '') : '';
}
