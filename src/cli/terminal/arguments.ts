import { Argument, InvalidArgumentError } from 'commander';
import { deploymentIdSchema, nameSchema } from '../../api/schemas.ts';

/** The arguments that verbs share, checked before anything is sent. */
export const appArgument = (): Argument => named('<app>', 'the app, as siskin.yaml names it');
export const environmentArgument = (): Argument => named('<environment>', 'its environment, e.g. production');
export const anyAppArgument = (): Argument => named('[app]', 'only this app');
export const anyEnvironmentArgument = (): Argument => named('[environment]', 'only this environment');

export const idArgument = (): Argument =>
  new Argument('<id>', 'the deployment, e.g. d42').argParser((text: string) =>
    checked(deploymentIdSchema, text),
  );

/** A release as people name it: by its number, or by the beginning of its commit's id. */
export type NamedRelease = { release: string } | { sha: string };

export const releaseArgument = (): Argument =>
  new Argument('[release]', 'the release, e.g. r12, or its commit; else the one before').argParser(
    (text: string): NamedRelease => {
      const [, number] = /^r?([1-9]\d{0,5})$/.exec(text) ?? /^r([1-9]\d{0,8})$/.exec(text) ?? [];
      if (number !== undefined) return { release: `r${number}` };
      if (/^[0-9a-f]{7,40}$/i.test(text)) return { sha: text.toLowerCase() };
      throw new InvalidArgumentError(
        'A release is named like r12 or 12, or by 7 to 40 digits of its commit id.',
      );
    },
  );

/** A whole number from 1 to `most`. */
export const count =
  (most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from 1 to ${most}.`);
  };

const named = (name: string, description: string): Argument =>
  new Argument(name, description).argParser((text: string) => checked(nameSchema, text));

function checked(schema: typeof nameSchema, text: string): string {
  const parsed = schema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError(`${parsed.error.issues[0]?.message ?? 'it is not right'}.`);
}

/** `/api/v1/apps/shop/environments/production/deploy` */
export const actionPath = (app: string, environment: string, action: string): string =>
  `/api/v1/apps/${app}/environments/${environment}/${action}`;

/** The example at the end of a verb's --help. */
export const example = (...lines: string[]): string =>
  `\nExample:\n${lines.map((line) => `  $ ${line}\n`).join('')}`;
