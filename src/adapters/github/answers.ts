import { z } from 'zod';

/** Ids are 64-bit numbers: Octokit gives those beyond 2^53 as BigInt, so all are kept as text. */
export const idSchema = z
  .union([z.int().nonnegative(), z.bigint().nonnegative()])
  .transform((id) => id.toString());

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** Nothing of the answer is needed. */
export const anything = z.unknown();

export const createdSchema = z.object({ id: idSchema });

export const repositorySchema = z.object({ full_name: z.string(), private: z.boolean() });

export const deploymentsSchema = z.array(z.object({ id: idSchema, sha: z.string(), payload: z.unknown() }));

export const deploymentStatusesSchema = z.array(
  z.object({ id: idSchema, state: z.string(), description: text }),
);

export const commitStatusesSchema = z.array(
  z.object({ id: idSchema, state: z.string(), context: z.string(), description: text }),
);

export const hookSchema = z.object({
  id: idSchema,
  active: z.boolean(),
  events: z.array(z.string()),
  config: z.object({
    url: z.string().optional(),
    content_type: z.string().optional(),
    /** GitHub never shows it: `********` when there is one. */
    secret: z.string().optional(),
    insecure_ssl: z.union([z.string(), z.number()]).optional(),
  }),
  created_at: z.string(),
});
export type GithubHook = z.infer<typeof hookSchema>;
export const hooksSchema = z.array(hookSchema);

export const deliverySchema = z.object({
  id: idSchema,
  guid: z.string(),
  delivered_at: z.string(),
  redelivery: z.boolean(),
  /** Seconds. */
  duration: z.number(),
  /** `OK`, or why it did not arrive: `timed out`, `failed to connect to host`. */
  status: z.string(),
  /** 0 when nothing answered. */
  status_code: z.number(),
  event: z.string(),
});
export type GithubDelivery = z.infer<typeof deliverySchema>;
export const deliveriesSchema = z.array(deliverySchema);

/** With what was answered: text, whatever its content type. */
export const deliveryDetailSchema = deliverySchema.extend({
  response: z.object({ payload: z.string().nullish() }).nullish(),
});
