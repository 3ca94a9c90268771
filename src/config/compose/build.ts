import { posix } from 'node:path';
import * as z from 'zod';
import type { BuildSpec } from '../../domain/service-spec.ts';
import { must, text } from '../fields.ts';
import { repositoryPath, repositoryPathExpected } from '../repository-path.ts';
import { type ComposeContext, composeMapping, orIssue, type Wrong } from './context.ts';
import { buildRefusals } from './refusals.ts';
import { variablesField } from './variables.ts';

/** `build`: a folder, or a mapping. Paths are checked by their text here; links are the git adapter's to refuse. */
export function buildField(context: ComposeContext) {
  const folder = z
    .string(must(repositoryPathExpected))
    .transform(orIssue((path) => insideRepository(path, context)));
  const detailed = composeMapping(
    {
      context: folder.prefault('.'),
      dockerfile: z
        .string(must(dockerfileExpected))
        .transform(orIssue((path) => insideContext(path)))
        .prefault('Dockerfile'),
      target: text('the name of a build stage', /^[A-Za-z0-9][A-Za-z0-9_.-]{0,127}$/).optional(),
      args: variablesField('build arguments', context.variables).prefault({}),
    },
    buildRefusals,
  );
  return z.union([folder, detailed]).transform((build): BuildSpec => {
    if (typeof build === 'string') return { context: build, dockerfile: 'Dockerfile', args: {} };
    const { target, ...rest } = build;
    return { ...rest, ...(target !== undefined && { target }) };
  });
}

const dockerfileExpected = 'a path below build.context, relative and without leading dash';

const insideRepository = (path: string, { folder }: ComposeContext): string | Wrong =>
  repositoryPath(path, folder) ?? { wrong: `must be ${repositoryPathExpected}` };

const insideContext = (path: string): string | Wrong => {
  const inside = repositoryPath(path);
  return inside === undefined || inside === '.'
    ? { wrong: `must be ${dockerfileExpected}` }
    : posix.normalize(inside);
};
