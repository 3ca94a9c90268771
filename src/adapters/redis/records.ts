import { z } from 'zod';
import { actorKinds, type Deployment, deploymentStates, type Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { JournalEntry, JournalEvent } from '../../domain/journal.ts';
import type { EnvironmentKey } from '../../domain/names.ts';
import { imageNames } from '../../domain/release.ts';
import type { ServiceSpec } from '../../domain/service-spec.ts';
import type { Freeze } from '../../pipeline/ports.ts';

const actor = z.object({ kind: z.enum(actorKinds), name: z.string() });

const deployment = z.object({
  id: z.string(),
  app: z.string(),
  environment: z.string(),
  branch: z.string(),
  target: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('branch'), pushedSha: z.string().nullable(), forced: z.boolean() }),
    z.object({ kind: z.literal('commit'), sha: z.string() }),
    z.object({ kind: z.literal('release'), release: z.int() }),
  ]),
  actor,
  state: z.enum(deploymentStates),
  reason: z.string().nullable(),
  sha: z.string().nullable(),
  title: z.string().nullable(),
  author: z.string().nullable(),
  release: z.int().nullable(),
  baseline: z.int().nullable(),
  supersededBy: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
});

// A record of a newer or older Siskin may hold other spec fields and events: who wrote them checked them.
const spec = z.custom<ServiceSpec>(
  (value) => typeof value === 'object' && value !== null && 'rollout' in value,
);
const journalEvent = z.custom<JournalEvent>(
  (value) => typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string',
);

const releaseFields = {
  app: z.string(),
  environment: z.string(),
  sha: z.string(),
  title: z.string(),
  author: z.string(),
  specHash: z.string(),
  deployment: z.string(),
  createdAt: z.string(),
  servedWell: z.boolean(),
};
const part = z.object({ spec, imageId: z.string().nullable() });

/** The only service stands in the record itself, as it did before there could be several. */
const storedRelease = z.union([
  z.object({ ...releaseFields, services: z.array(part).min(2) }),
  z
    .object({ ...releaseFields, ...part.shape })
    .transform(({ spec, imageId, ...release }) => ({ ...release, services: [{ spec, imageId }] })),
]);

const freeze = z.object({ by: z.string(), reason: z.string(), at: z.string() });

const journalEntry = z.object({ t: z.number(), at: z.string(), event: journalEvent });

export const auditEntry = z.object({
  at: z.string(),
  actor,
  /** The address it came from; null for Siskin itself. */
  from: z.string().nullable(),
  /** What was done, e.g. `push`, `deploy`, `cancel`. */
  action: z.string(),
  /** See auditDetail in domain/audit.ts for the texts that older entries hold. */
  detail: z.union([z.string(), z.record(z.string(), z.unknown())]),
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** A deployment is a hash whose values are JSON texts, so that a script can change one field and read none. */
export const deploymentFields = (fields: Partial<Deployment>): string[] =>
  Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [name, JSON.stringify(value)],
  );

/** @param hash as HGETALL gives it; empty when there is none */
export function readDeployment(hash: Record<string, string>): Deployment | null {
  if (Object.keys(hash).length === 0) return null;
  return parsed(
    deployment,
    Object.fromEntries(Object.entries(hash).map(([name, text]) => [name, json(text)])),
  );
}

/** The number stands in the key and the images follow from it; neither is stored twice. */
export function writeRelease({ services, ...release }: Omit<Release, 'release'>): string {
  const parts = services.map(({ spec, imageId }) => ({ spec, imageId }));
  const fields = Object.keys(releaseFields).map((name) => [name, Reflect.get(release, name)]);
  return JSON.stringify({
    ...Object.fromEntries(fields),
    ...(parts.length === 1 ? parts[0] : { services: parts }),
  });
}

export function readRelease(key: EnvironmentKey, number: string, text: string): Release {
  const release = Number(number);
  const { services, ...stored } = parsed(storedRelease, json(text));
  const images = imageNames(
    key,
    release,
    services.map(({ spec }) => spec),
  );
  const parts = services.map((part, index) => ({ ...part, image: images[index] ?? '' }));
  return { ...stored, release, services: parts };
}

/** @param text as HGET gives it; null when the environment goes on */
export const readFreeze = (text: string | null): Freeze | null =>
  text === null ? null : parsed(freeze, json(text));

export const readJournalEntry = (text: string): JournalEntry => parsed(journalEntry, json(text));

export const readAuditEntry = (text: string): AuditEntry => parsed(auditEntry, json(text));

/** Parses what Redis holds. @throws SiskinError STORE_UNAVAILABLE when it is not what Siskin writes */
export function parsed<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new SiskinError(
    'STORE_UNAVAILABLE',
    `Redis holds a record that is not readable: ${result.error.message}`,
  );
}

export function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SiskinError('STORE_UNAVAILABLE', 'Redis holds a record that is not JSON.', { cause: error });
  }
}
