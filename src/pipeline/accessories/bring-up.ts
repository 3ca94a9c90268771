import {
  type AccessorySpec,
  accessoryPlan,
  type ObservedAccessory,
  readiness,
  readyWithinMs,
  type WantedAccessory,
} from '../../domain/accessories/accessory.ts';
import type { Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { filledEnvironment, hasReference } from '../../domain/secrets.ts';
import { LogWriter } from '../log-writer.ts';
import type { RunContext } from '../run-context.ts';
import { composeMaxBytes, hashOf } from '../stages/fetch.ts';
import { patiently } from '../stages/patience.ts';

const tailLines = 10;

/**
 * Brings up the accessories that siskin.yaml names and the environment does not have yet, and waits until all of them can
 * be used. One that runs is left as it is, whatever its definition says now. A release that is gone back to asks for none:
 * the way back must depend on as little as possible.
 *
 * @throws SiskinError of the Compose file, COMPOSE_CLI_MISSING, ACCESSORY_FAILED, SECRET_MISSING, DOCKER_UNAVAILABLE
 */
export async function bringUpAccessories(context: RunContext, release: Release): Promise<void> {
  if (context.deployment.target.kind === 'release') return;
  const { world, app, deployment, work } = context;
  const wanted = await wantedAccessories(context, release);
  await patiently(context, async () => {
    const plan = accessoryPlan(app, wanted, await world.accessories.list(app));
    await world.store.log(deployment.id, plan.hints);
    const missing = wanted.filter(({ spec }) => plan.bringUp.includes(spec.name));
    if (missing.length === 0) return;
    await context.lease.assertHeld();
    const log = new LogWriter((lines) => world.store.log(deployment.id, lines));
    log.write(`bringing up ${plan.bringUp.join(', ')}`);
    const filled = await withSecrets(context, missing);
    try {
      await world.accessories.bringUp(app, filled, (line) => log.write(`accessories | ${line}`), work);
    } finally {
      await log.flush();
    }
  });
  for (const { spec } of wanted) await patiently(context, () => untilReady(context, spec));
}

async function wantedAccessories(context: RunContext, { sha }: Release): Promise<WantedAccessory[]> {
  const { world, app } = context;
  if (!app.readAccessories) return [];
  const text = await world.source.readFile(app.repository, sha, app.composeFile, composeMaxBytes);
  const wanted = (await app.readAccessories(text)).map((spec) => ({ spec, specHash: hashOf([spec]) }));
  refuseStrays(context, wanted);
  return wanted;
}

/** The engine would show it in a command or a label. */
function refuseStrays({ app }: RunContext, wanted: readonly WantedAccessory[]): void {
  for (const { spec } of wanted) {
    const { environment: _environment, ...container } = spec.container;
    if (hasReference({ ...spec, container }))
      throw new SiskinError(
        'COMPOSE_INVALID',
        `${app.composeFile}: services.${spec.name}: a secret may stand under environment only`,
      );
  }
}

/** The same definitions with their secrets' values; the hash is that of the definition without them. */
async function withSecrets(
  { world, app }: RunContext,
  wanted: readonly WantedAccessory[],
): Promise<WantedAccessory[]> {
  if (!wanted.some(({ spec }) => hasReference(spec.container.environment))) return [...wanted];
  const values = await world.secrets.read(app);
  return wanted.map(({ spec, specHash }) => {
    const { container } = spec;
    const environment = filledEnvironment(container.environment, values);
    return { spec: { ...spec, container: { ...container, environment } }, specHash };
  });
}

async function untilReady({ world, app, deployment, work }: RunContext, spec: AccessorySpec): Promise<void> {
  const limitMs = readyWithinMs(spec);
  let found: ObservedAccessory | undefined;
  let state: ReturnType<typeof readiness> = 'wait';
  const look = async () => {
    found = (await world.accessories.list(app)).find(({ name }) => name === spec.name);
    state = readiness(found);
    return state !== 'wait';
  };
  await world.accessories.untilChanged(app, look, limitMs, work);
  work.throwIfAborted();
  const why = problemOf(state, limitMs);
  if (why === null) return;
  const tail = found ? await world.accessories.logTail(found.container, tailLines) : [];
  await world.store.log(
    deployment.id,
    tail.map((line) => `${spec.name} | ${line}`),
  );
  throw new SiskinError('ACCESSORY_FAILED', `accessory ${spec.name} ${why}${lastWords(tail)}`);
}

function problemOf(state: ReturnType<typeof readiness>, limitMs: number): string | null {
  if (state === 'ready') return null;
  return state === 'wait' ? `did not become healthy within ${limitMs / 1000} s` : state.failed;
}

const lastWords = (tail: readonly string[]): string =>
  tail.length === 0 ? '' : `: ${tail.slice(-3).join(' | ').slice(-400)}`;
