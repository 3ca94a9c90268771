import type { SecretUse, SecretWay } from './secret-use.ts';
import type { ServiceSpec } from './service-spec.ts';

/** What a secret may be called: also a variable's name, a file's name and BuildKit's id of it. */
export const secretNamePattern = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;

export type SecretValues = ReadonlyMap<string, string>;

/** Where the containers find their files. */
export const secretsFolder = '/run/secrets';

/** Stands in a spec where the Compose file wrote `${NAME}` and NAME is a secret: the record holds this, not the value. */
export const secretReference = (name: string): string => `{{siskin.secret.${name}}}`;

const references = /\{\{siskin\.secret\.([A-Za-z_][A-Za-z0-9_]{0,127})\}\}/g;

/** What stands in the Compose file for each secret that is given as a variable, by its name. */
export const secretReferences = (uses: readonly SecretUse[]): Record<string, string> =>
  Object.fromEntries(namesOf(uses, 'env').map((name) => [name, secretReference(name)]));

/** The uses whose value is kept by `siskin secrets`. @param values those that siskin.yaml holds, by name */
export const storedUses = (
  uses: readonly SecretUse[],
  values: Readonly<Record<string, string>>,
): SecretUse[] => uses.filter(({ name }) => !Object.hasOwn(values, name));

/** The uses whose secret is not set. */
export const missingSecrets = (uses: readonly SecretUse[], values: SecretValues): string[] => [
  ...new Set(uses.map(({ name }) => name).filter((name) => !values.has(name))),
];

/** What the digest of a release's secrets is made from: the same secrets give the same text. */
export const digestText = (uses: readonly SecretUse[], values: SecretValues): string =>
  JSON.stringify(
    uses
      .map(({ name, way }) => [name, way, values.get(name) ?? null])
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );

/** A container's variables: those of the spec with their references filled in, and the secrets by their own names. */
export function secretEnvironment(spec: ServiceSpec, values: SecretValues): Record<string, string> {
  const given = new Map(picked(spec, 'env', values));
  return { ...filledEnvironment(spec.container.environment, given), ...Object.fromEntries(given) };
}

/** Variables with their references filled in. */
export const filledEnvironment = (
  environment: Record<string, string>,
  values: SecretValues,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).map(([name, text]) => [
      name,
      text.replace(references, (reference, secret: string) => values.get(secret) ?? reference),
    ]),
  );

/** Whether a secret is referred to anywhere in it. */
export const hasReference = (value: unknown): boolean => JSON.stringify(value).search(references) !== -1;

/** The secrets of one way, by name. */
export const secretsFor = (spec: ServiceSpec, way: SecretWay, values: SecretValues): Record<string, string> =>
  Object.fromEntries(picked(spec, way, values));

/** A secret that the Compose file puts elsewhere than into `environment`, where it would be in a record or an image. */
export function strayReference({ secrets: _secrets, ...spec }: ServiceSpec): string | undefined {
  const { environment: _environment, ...container } = spec.container;
  references.lastIndex = 0;
  return references.exec(JSON.stringify({ ...spec, container }))?.[1];
}

const picked = ({ secrets }: ServiceSpec, way: SecretWay, values: SecretValues): [string, string][] =>
  namesOf(secrets?.uses ?? [], way).flatMap((name) => {
    const value = values.get(name);
    return value === undefined ? [] : [[name, value]];
  });

const namesOf = (uses: readonly SecretUse[], way: SecretWay): string[] =>
  uses.filter((use) => use.way === way).map(({ name }) => name);
