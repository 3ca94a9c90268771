import { posix } from 'node:path';

const maxHops = 40;

/**
 * Whether following a symbolic link could come out of the context at any moment: by an absolute target, by `..`,
 * or by way of another link.
 * @param link path of the link, relative to the context
 * @param targets of all links of the context, by path
 */
export function leadsOut(link: string, targets: ReadonlyMap<string, string>): boolean {
  const here: string[] = parentOf(link);
  const ahead = (targets.get(link) ?? '').split('/').reverse();
  if (posix.isAbsolute(targets.get(link) ?? '')) return true;
  let hops = 0;
  while (ahead.length > 0) {
    const part = ahead.pop() ?? '';
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (here.pop() === undefined) return true;
      continue;
    }
    const target = targets.get([...here, part].join('/'));
    if (target === undefined) here.push(part);
    else if (posix.isAbsolute(target)) return true;
    // a loop leads nowhere, so not out either
    else if (++hops > maxHops) return false;
    else ahead.push(...target.split('/').reverse());
  }
  return false;
}

const parentOf = (path: string): string[] => path.split('/').slice(0, -1);
