import * as z from 'zod';
import type { SecretUse } from '../../domain/secret-use.ts';
import { secretNamePattern } from '../../domain/secrets.ts';
import { mapping, must, text, truth } from '../fields.ts';

const nameExpected = 'the name of a secret, of letters, digits and _';
const secretName = text(nameExpected, secretNamePattern);

const detailed = mapping({
  name: secretName,
  env: truth().optional().describe('As a variable; so when neither file nor build is set.'),
  file: truth().prefault(false).describe('As the file /run/secrets/NAME.'),
  build: truth().prefault(false).describe('For RUN --mount=type=secret,id=NAME.'),
}).transform(({ name, env, file, build }): SecretUse[] => [
  ...((env ?? !(file || build)) ? [{ name, way: 'env' as const }] : []),
  ...(file ? [{ name, way: 'file' as const }] : []),
  ...(build ? [{ name, way: 'build' as const }] : []),
]);

const listExpected = must(
  `a list of secrets: ${'NAME, or { name: NAME, file: true } or { name: NAME, build: true }'}`,
);

/** `secrets` of an environment: which it is given, and how. */
export const environmentSecrets = z
  .array(z.union([secretName, detailed], listExpected), listExpected)
  .transform((entries, ctx): SecretUse[] => {
    const seen = new Set<string>();
    return entries.flatMap((entry, index) => {
      const uses = typeof entry === 'string' ? [{ name: entry, way: 'env' as const }] : entry;
      const name = uses[0]?.name;
      if (name === undefined)
        ctx.addIssue({
          code: 'custom',
          path: [index],
          message: 'is given in no way: set env, file or build',
        });
      else if (seen.has(name))
        ctx.addIssue({
          code: 'custom',
          path: [index],
          message: `${name} stands in this list already: write all its ways once`,
        });
      else seen.add(name);
      return uses;
    });
  })
  .prefault([])
  .describe('Secrets that it is given; set them by `siskin secrets set`.');

const pathOf = (what: string) => text(`the path of ${what}`, /^\P{Cc}{1,1024}$/u);

/** `secrets` of the whole file: where the keys lie. */
export const secretsSchema = mapping({
  identityFile: pathOf('the age identity')
    .optional()
    .describe('What opens the secrets; relative to this file. Default: identity in dataDir/secrets.'),
  runDir: pathOf('a folder on a tmpfs')
    .optional()
    .describe('For secrets as files: a folder in memory, at the same path for Siskin and the engine.'),
});
