import { z } from 'zod';
import { actorKinds, deploymentStates, endStates } from '../domain/deployment.ts';
import { namePattern, shaPattern } from '../domain/names.ts';

/** Requests and answers of the HTTP API: the server checks and documents by them, the CLI parses by them. */

export const nameSchema = z
  .string()
  .regex(namePattern, 'a name has 1 to 41 of a-z, 0-9 and -, and begins with a letter or digit');
export const deploymentIdSchema = z.string().regex(/^d[1-9]\d{0,14}$/, 'a deployment is named like d42');
const releaseNameSchema = z.string().regex(/^r[1-9]\d{0,8}$/, 'a release is named like r12');
const time = z.string().describe('ISO 8601, UTC');
const clock = z.number().describe("ms on the deployment's own clock");
const share = z.number().describe('share 0..1');

export const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
});

const service = z.string().optional().describe('of several services, the one it is about');

export const stepSchema = z.object({
  name: z.string(),
  service,
  startedAt: time,
  endedAt: time.nullable(),
  outcome: z.enum(['running', 'ok', 'failed', 'interrupted']),
  detail: z.string().nullable(),
});

export const tickSchema = z.object({
  t: clock,
  service,
  nc: z.number().describe('requests of the canary since the last tick'),
  ec: z.number().describe('its 5xx'),
  nb: z.number().describe('requests of the baseline since the last tick'),
  eb: z.number().describe('its 5xx'),
  u: z
    .number()
    .nullable()
    .describe('evidence that the canary is above max5xx; null in records of old versions'),
  v: z.number().nullable().describe('evidence that it is worse than the baseline; null as u'),
  d: z.number().nullable().describe('evidence that it is below max5xx; null as u'),
  source: z.enum(['prometheus', 'router']).describe('where the counts came from'),
  warmUp: z.boolean().describe('whether it began within the warm-up'),
});

const policySchema = z.object({
  share,
  warmupMs: z.number(),
  minBakeMs: z.number(),
  maxBakeMs: z.number(),
  max5xx: share,
  watchMs: z.number(),
  compare: z.enum(['baseline', 'absolute']),
  replicas: z.number().describe('replicas of both releases together while the canary runs'),
});

const conditionSchema = z.object({
  t: clock,
  service,
  name: z.string(),
  outcome: z.enum(['met', 'violated', 'no-evidence']),
  value: z.number().optional().describe('what the query gave; absent without evidence'),
  detail: z.string(),
});

export const verdictSchema = z.object({
  decision: z.enum(['pending', 'promote', 'rollback']),
  evidence: z.enum(['strong', 'low', 'none', 'hard-signal', 'skipped']).nullable(),
  reason: z.string().nullable(),
  policy: policySchema.nullable().describe('what it is judged by; null in records of old versions'),
  estimate: z
    .string()
    .nullable()
    .describe('when a clean release is promoted and an all-failing one goes back, at this traffic'),
  beganAt: clock.nullable().describe("when counting began, on the deployment's own clock"),
  promotedAt: clock.nullable(),
  rollbackAt: clock.nullable().describe('when the rollback began'),
  ticks: z.array(tickSchema),
  conditions: z
    .array(conditionSchema)
    .describe('what the PromQL conditions of `analysis` said, at every look'),
});

const targetSchema = z
  .discriminatedUnion('kind', [
    z.object({
      kind: z.literal('branch'),
      pushedSha: z.string().nullable().describe('the commit that the push named, if it was one'),
      forced: z.boolean(),
    }),
    z.object({ kind: z.literal('commit'), sha: z.string() }),
    z.object({ kind: z.literal('release'), release: releaseNameSchema }),
  ])
  .describe('what it was to bring: the head of the branch, one commit, or a release that is kept');

export const deploymentSummarySchema = z.object({
  id: deploymentIdSchema,
  app: z.string(),
  environment: z.string(),
  release: releaseNameSchema.nullable(),
  baseline: releaseNameSchema.nullable(),
  branch: z.string(),
  target: targetSchema,
  sha: z.string().nullable(),
  title: z.string().nullable(),
  author: z.string().nullable(),
  actor: z.object({ kind: z.enum(actorKinds), name: z.string() }),
  state: z.enum(deploymentStates),
  reason: z.string().nullable(),
  supersededBy: z.string().nullable(),
  createdAt: time,
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});

export const deploymentSchema = deploymentSummarySchema.extend({
  steps: z.array(stepSchema),
  verdict: verdictSchema.nullable(),
});

export const deploymentListSchema = z.object({ deployments: z.array(deploymentSummarySchema) });

export const releaseListSchema = z.object({
  releases: z
    .array(
      z.object({
        release: releaseNameSchema,
        sha: z.string(),
        title: z.string(),
        built: z.boolean().describe('whether its image was built'),
        servedWell: z.boolean().describe('a deployment of it succeeded: going back to it needs no canary'),
        current: z.boolean().describe('whether it serves'),
        createdAt: time,
      }),
    )
    .describe('those on record, newest first'),
});

export const appListSchema = z.object({
  apps: z.array(
    z.object({
      app: z.string(),
      repository: z.string(),
      environments: z.array(
        z.object({
          environment: z.string(),
          branch: z.string(),
          routes: z.array(z.object({ host: z.string(), path: z.string(), service })),
          current: releaseNameSchema.nullable(),
          previous: releaseNameSchema.nullable(),
          wanted: z.string().nullable().describe('the newest deployment asked for'),
          frozen: z
            .object({ by: z.string(), reason: z.string(), at: time })
            .nullable()
            .describe('set while the environment stands still for a person'),
        }),
      ),
    }),
  ),
});

export const actionAnswerSchema = z.object({
  deployment: z
    .string()
    .nullable()
    .describe('the deployment made, or given the command; for freeze and unfreeze the one that runs, if any'),
  command: z.enum(['cancel', 'promote', 'rollback', 'freeze', 'unfreeze']).nullable(),
  superseded: z.string().nullable(),
});

export const auditListSchema = z.object({
  entries: z
    .array(
      z.object({
        id: z.string().describe('its place in the log: `before` takes it'),
        at: time,
        actor: z.object({ kind: z.enum(actorKinds), name: z.string() }),
        from: z.string().nullable().describe('the address or host it came from; null for Siskin itself'),
        action: z.string().describe('e.g. push, deploy, rollback, cancel, freeze, refused'),
        environments: z.array(z.string()).describe('those it was about, e.g. shop/production'),
        deployments: z.array(z.string()).describe('those it made or was given to'),
        detail: z
          .record(z.string(), z.unknown())
          .describe('what else is known; its fields depend on the action'),
      }),
    )
    .describe('newest first'),
  next: z.string().nullable().describe('send it as `before` for what is older; null at the end of the log'),
});

export const auditQuerySchema = z.strictObject({
  app: nameSchema.optional(),
  environment: nameSchema.optional(),
  actor: z.string().min(1).max(100).optional().describe("the actor's name, or its kind"),
  action: z.string().min(1).max(40).optional(),
  before: z
    .string()
    .regex(/^\d{1,15}-\d{1,10}$/, 'it is the id of an entry, e.g. 1767225600000-0')
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const takenInSchema = z.object({ taken: z.int().describe('entries that were waiting') });

export const listQuerySchema = z.strictObject({
  app: nameSchema.optional(),
  environment: nameSchema.optional(),
  state: z.enum(deploymentStates).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const deployBodySchema = z.strictObject({
  ref: z.string().max(255).optional().describe("the environment's branch; its head is the default"),
  sha: z.string().regex(shaPattern, 'a full, lower-case Git object id').optional(),
  release: releaseNameSchema.optional(),
});

export const rollbackBodySchema = z.strictObject({ release: releaseNameSchema.optional() });

export const freezeBodySchema = z.strictObject({
  reason: z.string().trim().max(200).optional().describe('for people: why it stands still'),
});

export const emptyBodySchema = z.strictObject({});

/** Data of the events of GET /api/v1/deployments/:id/events, by the event's name. */
export const eventDataSchemas = {
  journal: z.object({ t: z.number(), at: time, event: z.looseObject({ type: z.string() }) }),
  log: z.object({ line: z.string() }),
  end: z.object({ state: z.enum(endStates), reason: z.string().nullable() }),
} as const;

export type DeploymentView = z.infer<typeof deploymentSchema>;
export type DeploymentSummary = z.infer<typeof deploymentSummarySchema>;
export type StepView = z.infer<typeof stepSchema>;
export type TickView = z.infer<typeof tickSchema>;
export type PolicyView = z.infer<typeof policySchema>;
export type ConditionView = z.infer<typeof conditionSchema>;
export type VerdictView = z.infer<typeof verdictSchema>;
export type AuditEntryView = z.infer<typeof auditListSchema>['entries'][number];
export type ReleaseView = z.infer<typeof releaseListSchema>['releases'][number];
export type AppListView = z.infer<typeof appListSchema>;
export type ActionAnswer = z.infer<typeof actionAnswerSchema>;
