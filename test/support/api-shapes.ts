import { z } from 'zod';

const tick = z.object({
  t: z.number(),
  nc: z.number(),
  ec: z.number(),
  nb: z.number(),
  eb: z.number(),
  u: z.number().nullable(),
  v: z.number().nullable(),
  d: z.number().nullable(),
  source: z.string(),
  warmUp: z.boolean(),
});

/** The contract of `GET /api/v1/deployments/:id`, written down apart from the code that gives it. */
export const deploymentView = z.object({
  id: z.string(),
  app: z.string(),
  environment: z.string(),
  release: z.string().nullable(),
  baseline: z.string().nullable(),
  sha: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  supersededBy: z.string().nullable(),
  steps: z.array(
    z.object({
      name: z.string(),
      service: z.string().optional(),
      startedAt: z.string(),
      endedAt: z.string().nullable(),
      outcome: z.string().nullable(),
    }),
  ),
  verdict: z
    .object({
      decision: z.string().nullable(),
      evidence: z.string().nullable(),
      reason: z.string().nullable(),
      policy: z.object({ share: z.number(), max5xx: z.number(), replicas: z.number() }).nullable(),
      estimate: z.string().nullable(),
      beganAt: z.number().nullable(),
      promotedAt: z.number().nullable(),
      rollbackAt: z.number().nullable(),
      ticks: z.array(tick),
      conditions: z.array(z.object({ t: z.number(), name: z.string(), outcome: z.string() })),
    })
    .nullable(),
});

/** The contract of `POST /webhooks/github`. */
export const webhookAnswer = z.looseObject({
  deliveries: z
    .array(z.object({ app: z.string(), environment: z.string(), deployment: z.string().optional() }))
    .optional(),
});

/** The contract of `GET /api/v1/deployments`, as far as the tests read it. */
export const deploymentList = z.looseObject({
  deployments: z.array(
    z.looseObject({ id: z.string(), state: z.string(), actor: z.looseObject({ name: z.string() }) }),
  ),
});
