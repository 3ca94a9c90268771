import type * as z from 'zod';

/** The keys of all mappings in a schema, e.g. `deploy.resources.limits.memory`; records have a `*`. */
export function schemaKeys(schema: z.core.$ZodType, prefix = ''): string[] {
  const def = schema._zod.def as unknown as Record<string, unknown>;
  const shape = def.shape as Record<string, z.core.$ZodType> | undefined;
  const own = Object.entries(shape ?? {}).flatMap(([key, value]) => [
    `${prefix}${key}`,
    ...schemaKeys(value, `${prefix}${key}.`),
  ]);
  const through = [
    def.innerType,
    def.in,
    def.out,
    def.element,
    ...((def.options as unknown[] | undefined) ?? []),
  ];
  const nested = through.filter(isSchema).flatMap((inner) => schemaKeys(inner, prefix));
  const records = isSchema(def.valueType) ? schemaKeys(def.valueType, `${prefix}*.`) : [];
  return [...new Set([...own, ...nested, ...records])];
}

const isSchema = (value: unknown): value is z.core.$ZodType =>
  typeof value === 'object' && value !== null && '_zod' in value;
