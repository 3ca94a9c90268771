import * as z from 'zod';
import type { EnvironmentKey } from '../../domain/names.ts';
import type { Mount } from '../../domain/service-spec.ts';
import { mapping, must, notYet, truth } from '../fields.ts';
import { quoted } from '../problems.ts';
import { absolutePath } from '../repository-path.ts';
import { entriesOf, valueAt } from '../yaml-path.ts';
import { type ComposeContext, orIssue, type Wrong } from './context.ts';

const expected = 'name:/path, name:/path:ro, /host/path:/path, or a mapping of type, source and target';

/** `volumes` of a service, short and long. What may be mounted, siskin.yaml says. */
export function volumesField(context: ComposeContext) {
  const long = mapping(
    {
      type: z.enum(['volume', 'bind']),
      source: z.string().optional(),
      target: z.string(),
      read_only: truth().optional(),
    },
    {
      bind: notYet,
      volume: notYet,
      tmpfs: 'is not read here: write tmpfs on the service',
      consistency: notYet,
    },
  );
  const entry = z.union([z.string(must(expected)), long]).transform(
    orIssue((written): Mount | Wrong => {
      if (typeof written === 'string') return shortMount(written, context);
      const { type, source = '', target, read_only: readOnly = false } = written;
      return checkMount({ type, source, target, readOnly }, context);
    }),
  );
  return z
    .array(entry)
    .max(100, must('a list of at most 100 volumes'))
    .superRefine((mounts, ctx) => {
      const seen = new Set<string>();
      for (const [index, { target }] of mounts.entries()) {
        const message = `mounts ${quoted(target)} a second time`;
        if (seen.has(target)) ctx.addIssue({ code: 'custom', path: [index], message });
        seen.add(target);
      }
    });
}

function shortMount(written: string, context: ComposeContext): Mount | Wrong {
  const parts = written.split(':');
  const [source = '', target, mode = 'rw'] = parts;
  if (target === undefined)
    return {
      wrong: `is a volume without a name, which would be lost with its container: write name:${written}`,
    };
  if (parts.length > 3) return { wrong: `must be ${expected}` };
  if (!['rw', 'ro'].includes(mode))
    return { wrong: `has the mode ${quoted(mode)}: only ro and rw are supported` };
  const type = /^[./~]/.test(source) ? 'bind' : 'volume';
  return checkMount({ type, source, target, readOnly: mode === 'ro' }, context);
}

function checkMount(mount: Mount, context: ComposeContext): Mount | Wrong {
  const target = absolutePath(mount.target);
  if (target === undefined || target === '/')
    return { wrong: 'must have an absolute path in the container as its target' };
  const source = mount.type === 'bind' ? hostPath(mount.source, context) : volumeName(mount.source, context);
  return typeof source === 'string' ? { ...mount, source, target } : source;
}

function hostPath(source: string, { allow }: ComposeContext): string | Wrong {
  const path = absolutePath(source);
  if (path === undefined)
    return {
      wrong: `mounts ${quoted(source)}, which is relative: the repository is not checked out on the server; copy the file into the image, or use a named volume`,
    };
  const allowed = allow.mounts.some(
    (folder) => folder === '/' || path === folder || path.startsWith(`${folder}/`),
  );
  if (allowed) return path;
  return {
    wrong: `mounts ${quoted(path)} of the host, which siskin.yaml does not allow: the operator may add it to allow.mounts`,
  };
}

/** Named volumes are the environment's own, unless they are external: then siskin.yaml must allow them. */
function volumeName(source: string, { allow, key, volumes }: ComposeContext): string | Wrong {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(source))
    return { wrong: `has no proper volume name: ${expected}` };
  const declared = Object.hasOwn(Object(volumes ?? {}), source);
  if (!declared)
    return {
      wrong: `uses the volume ${quoted(source)}, which the file's top-level volumes does not declare`,
    };
  const settings = valueAt(volumes, [source]);
  const other = entriesOf(settings).find(
    ([name]) => !['external', 'name'].includes(name) && !name.startsWith('x-'),
  );
  if (other)
    return {
      wrong: `uses the volume ${quoted(source)}, whose top-level key ${quoted(other[0])} is not supported`,
    };
  const name = valueAt(settings, ['name']);
  const external = valueAt(settings, ['external']);
  if (name === undefined && !isTrue(external)) return environmentVolume(key, source);
  const real = typeof name === 'string' ? name : source;
  if (allow.volumes.includes(real)) return real;
  return {
    wrong: `uses the volume ${quoted(real)}, which siskin.yaml does not allow: the operator may add it to allow.volumes`,
  };
}

const isTrue = (value: unknown): boolean => value === true || value === 'true';

/** No other environment's volume can have this name: `_` is in no app's or environment's name. */
export const environmentVolume = ({ app, environment }: EnvironmentKey, volume: string): string =>
  `siskin_${app}_${environment}_${volume}`;
