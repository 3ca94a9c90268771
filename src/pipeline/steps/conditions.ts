import { renderAnalysisQuery } from '../../domain/analysis-query.ts';
import type { Release } from '../../domain/deployment.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import type { ConditionResult, JournalEvent } from '../../domain/journal.ts';
import type { AnalysisSpec } from '../../domain/service-spec.ts';
import { conditionIntervalMs, conditionResult } from '../../domain/verdict/conditions.ts';
import { type RolloutContext, type RunContext, rolloutContexts } from '../run-context.ts';

/**
 * Asks every PromQL condition once before anything is started: a query that can never tell is the file's mistake, not
 * the release's.
 * @throws SiskinError ANALYSIS_REFUSED, naming the key
 */
export async function checkAnalysis(run: RunContext, whole: Release): Promise<void> {
  for (const context of rolloutContexts(run, whole)) await checkConditions(context);
}

async function checkConditions(context: RolloutContext): Promise<void> {
  const { world, app, release } = context;
  const { service, rollout } = release.spec;
  const { current } = await world.store.environment(app);
  for (const [index, spec] of rollout.analysis.entries()) {
    const answer = await world.metrics.evaluate(queryFor(context, spec, current));
    if (answer.kind !== 'refused') continue;
    const key = `services.${service}.x-siskin.analysis[${index}].query`;
    throw new SiskinError('ANALYSIS_REFUSED', `${app.composeFile} ${key} (${spec.name}): ${answer.detail}`);
  }
}

/** What the conditions say, where it is time to look and the window they look back over is the canary's. */
export async function lookAtConditions(context: RolloutContext): Promise<JournalEvent[]> {
  const { journal, release } = context;
  const { analysis, canary } = release.spec.rollout;
  const { conditionsAt, bakedMs } = journal.progress;
  if (conditionsAt !== null && journal.clock.t() - conditionsAt < conditionIntervalMs) return [];
  const due = analysis.filter(({ windowMs }) => bakedMs >= canary.warmupMs + windowMs);
  return Promise.all(
    due.map(async (spec) => ({ type: 'condition' as const, ...(await resultOf(context, spec)) })),
  );
}

async function resultOf(context: RolloutContext, spec: AnalysisSpec): Promise<ConditionResult> {
  const baseline = context.journal.progress.baseline?.release ?? null;
  const answer = await context.world.metrics.evaluate(queryFor(context, spec, baseline));
  if (answer.kind === 'value') return conditionResult(spec, answer.value);
  return { name: spec.name, outcome: 'no-evidence', detail: answer.detail };
}

const queryFor = (
  { app, backend, release }: RolloutContext,
  { query }: AnalysisSpec,
  baseline: number | null,
): string =>
  renderAnalysisQuery(query, {
    app: app.app,
    environment: app.environment,
    service: release.spec.service,
    backend,
    release: release.release,
    baseline,
  });
