import { z } from 'zod';

/** The contract of `GET /api/v1/deployments/:id`, written down apart from the code that gives it. */
export const deploymentView = z.object({
  id: z.string(),
  app: z.string(),
  environment: z.string(),
  release: z.string().nullable(),
  sha: z.string().nullable(),
  state: z.string(),
  reason: z.string().nullable(),
  createdAt: z.string(),
  finishedAt: z.string().nullable(),
  supersededBy: z.string().nullable(),
  steps: z.array(
    z.object({
      name: z.string(),
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
      ticks: z.array(
        z.object({ t: z.number(), nc: z.number(), ec: z.number(), nb: z.number(), eb: z.number() }),
      ),
    })
    .nullable(),
});

/** The contract of `POST /webhooks/github`. */
export const webhookAnswer = z.looseObject({
  deliveries: z
    .array(z.object({ app: z.string(), environment: z.string(), deployment: z.string().optional() }))
    .optional(),
});
