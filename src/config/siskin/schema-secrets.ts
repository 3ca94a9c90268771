import * as z from 'zod';
import type { SecretUse } from '../../domain/secret-use.ts';
import { secretNamePattern } from '../../domain/secrets.ts';
import { mapping, must, text, truth } from '../fields.ts';

const longestValue = 65_536;
const nameExpected = 'the name of a secret, of letters, digits and _';
const secretName = text(nameExpected, secretNamePattern);

/** What one entry says: in which ways it is given, and its value where siskin.yaml holds it. */
interface Entry {
  uses: SecretUse[];
  value?: string;
}

const detailed = mapping({
  name: secretName,
  value: z
    .string(must('a text'))
    .optional()
    .describe('Its value, as a variable of Siskin’s own environment; else `siskin secrets set` has it.'),
  env: truth().optional().describe('As a variable; so when neither file nor build is set.'),
  file: truth().prefault(false).describe('As the file /run/secrets/NAME.'),
  build: truth().prefault(false).describe('For RUN --mount=type=secret,id=NAME.'),
}).transform(({ name, value, env, file, build }): Entry => {
  const uses = [
    ...((env ?? !(file || build)) ? [{ name, way: 'env' as const }] : []),
    ...(file ? [{ name, way: 'file' as const }] : []),
    ...(build ? [{ name, way: 'build' as const }] : []),
  ];
  return value === undefined ? { uses } : { uses, value };
});

const listExpected = must(
  `a list of secrets: ${'NAME, or { name: NAME, file: true } or { name: NAME, build: true }'}`,
);

/** Which secrets an environment is given, how, and the values that stand in siskin.yaml. */
interface EnvironmentSecrets {
  uses: SecretUse[];
  /** By name. */
  values: Record<string, string>;
}

/** `secrets` of an environment. */
export const environmentSecrets = z
  .array(z.union([secretName, detailed], listExpected), listExpected)
  .transform((written, ctx): EnvironmentSecrets => {
    const entries = written.map(
      (entry): Entry => (typeof entry === 'string' ? { uses: [{ name: entry, way: 'env' }] } : entry),
    );
    const names = entries.map(({ uses }) => uses[0]?.name);
    const refuse = (index: number, message: string) =>
      ctx.addIssue({ code: 'custom', path: [index], message });
    entries.forEach(({ value }, index) => {
      if (value !== undefined && (value === '' || value.length > longestValue))
        refuse(index, `has a value of ${value.length} characters: it must be of 1 to ${longestValue}`);
    });
    names.forEach((name, index) => {
      if (name === undefined) refuse(index, 'is given in no way: set env, file or build');
      else if (names.indexOf(name) < index)
        refuse(index, `${name} stands in this list already: write all its ways once`);
    });
    const values = entries.flatMap(({ uses: [use], value }) =>
      use === undefined || value === undefined ? [] : [[use.name, value]],
    );
    return { uses: entries.flatMap(({ uses }) => uses), values: Object.fromEntries(values) };
  })
  .prefault([])
  .describe('Secrets that it is given; `siskin secrets set` sets those that have no value here.');

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
