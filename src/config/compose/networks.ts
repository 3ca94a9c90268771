import * as z from 'zod';
import { must } from '../fields.ts';
import { quoted } from '../problems.ts';
import { valueAt } from '../yaml-path.ts';
import type { ComposeContext } from './context.ts';

/** `networks` of a service: existing networks that siskin.yaml allows, by the name Docker knows. */
export const networksField = (context: ComposeContext) =>
  z
    .union(
      [z.array(z.string(must('the name of a network'))), z.record(z.string(), z.null(withoutSettings))],
      must('a list of networks'),
    )
    .transform((written, ctx) => {
      const isList = Array.isArray(written);
      return (isList ? written : Object.keys(written)).map((name, index) => {
        const real = realName(name, context.networks);
        const message = real === undefined ? undeclared(name) : refuse(real, context);
        if (message !== undefined) ctx.addIssue({ code: 'custom', path: [isList ? index : name], message });
        return real ?? name;
      });
    });

const withoutSettings = { error: 'must be without settings: aliases and fixed addresses are not supported' };

/** @returns undefined when the file does not declare it, which Compose refuses too */
function realName(name: string, networks: unknown): string | undefined {
  if (name !== 'default' && !Object.hasOwn(Object(networks ?? {}), name)) return undefined;
  const real = valueAt(networks, [name, 'name']);
  return typeof real === 'string' ? real : name;
}

const undeclared = (name: string): string =>
  `is the network ${quoted(name)}, which the file's top-level networks does not declare`;

function refuse(real: string, { allow }: ComposeContext): string | undefined {
  if (neverAllowed.includes(real))
    return `is Docker's ${real} network, which no app may join: remove it, for replicas have a network of their own`;
  if (allow.networks.includes(real)) return undefined;
  return `is the network ${quoted(real)}, which siskin.yaml does not allow: the operator may add it to allow.networks`;
}

const neverAllowed = ['host', 'none', 'default'];
