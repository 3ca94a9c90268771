import * as z from 'zod';
import { must } from '../fields.ts';
import { size } from '../units.ts';

const bytes = z
  .union([z.string(), z.number()], must(size.expected))
  .transform((value, ctx) => {
    const parsed = size.parse(value);
    if (parsed !== undefined) return parsed;
    ctx.addIssue({ code: 'custom', message: `must be ${size.expected}` });
    return z.NEVER;
  })
  .optional();

const inside = /^\.\/([a-z0-9][a-z0-9-]{0,40})\/(docker-compose\.yml|\.env)$/;
const partPath = z.string(must('a path such as ./main/docker-compose.yml')).regex(inside, {
  error: 'must be a path such as ./main/docker-compose.yml, below this folder',
});

/** The root docker-compose.yml: what the Compose Specification says of `include`, in the long form only. */
export const rootSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/, must('small letters, digits, dashes and _')),
  include: z
    .array(z.strictObject({ path: partPath, env_file: partPath }), must('a list of path and env_file'))
    .min(1, must('a list of at least one part')),
});

const memory = z.looseObject({ memory: bytes }).optional();

/** What is read of a part's services; the Compose CLI checks the rest. */
export const partSchema = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(must('an image')),
      // Compose's older words for the same.
      mem_limit: bytes,
      mem_reservation: bytes,
      profiles: z.array(z.string()).prefault([]),
      deploy: z
        .looseObject({
          replicas: z.coerce.number().int().min(0).max(100).prefault(1),
          resources: z.looseObject({ limits: memory, reservations: memory }).prefault({}),
        })
        .prefault({}),
    }),
  ),
  networks: z
    .record(
      z.string(),
      z
        .looseObject({
          external: z.boolean().prefault(false),
          name: z.string().optional(),
          ipam: z
            .looseObject({ config: z.array(z.looseObject({ subnet: z.string().optional() })).prefault([]) })
            .prefault({}),
        })
        .nullable(),
    )
    .prefault({}),
  'x-siskin-internal': z.array(z.string()).prefault([]),
});
