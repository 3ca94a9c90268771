import * as z from 'zod';
import { siskinSchema } from './siskin/schema.ts';

/**
 * The JSON Schema (2020-12) of siskin.yaml as it is written, for editors. Every text may come out of a variable, so
 * a `${…}` fits each pattern.
 */
export const siskinConfigJsonSchema = (): Record<string, unknown> => ({
  ...z.toJSONSchema(siskinSchema, { io: 'input', target: 'draft-2020-12', override: allowVariables }),
  title: 'siskin.yaml',
});

const variable = '|\\$\\{';

/** zod calls this for a schema and again for what is made of it. */
function allowVariables({
  jsonSchema,
  path,
}: {
  jsonSchema: z.core.JSONSchema.BaseSchema;
  path: (string | number)[];
}): void {
  if (path.at(-1) === 'propertyNames') return;
  if (jsonSchema.pattern !== undefined && !jsonSchema.pattern.endsWith(variable))
    jsonSchema.pattern = `(${jsonSchema.pattern})${variable}`;
  if (jsonSchema.enum && typeof jsonSchema.enum[0] === 'string') {
    jsonSchema.anyOf = [{ enum: jsonSchema.enum }, { type: 'string', pattern: '^\\$\\{' }];
    delete jsonSchema.enum;
  }
}
