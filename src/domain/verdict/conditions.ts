import type { ConditionResult } from '../journal.ts';
import type { AnalysisSpec } from '../service-spec.ts';

/** Time between two looks at the PromQL conditions, in ms. */
export const conditionIntervalMs = 5_000;

/** What a condition has said so far. */
export interface ConditionState {
  last: ConditionResult;
  /** Violations in a row; a look without evidence neither adds one nor ends the row. */
  violations: number;
}

export type ConditionStates = Readonly<Record<string, ConditionState>>;

/** The states after one more result. */
export function addCondition(states: ConditionStates, result: ConditionResult): ConditionStates {
  const before = states[result.name]?.violations ?? 0;
  const violations = result.outcome === 'violated' ? before + 1 : result.outcome === 'met' ? 0 : before;
  return { ...states, [result.name]: { last: result, violations } };
}

/** Judges the number that a condition's query gave. */
export function conditionResult({ name, min, max }: AnalysisSpec, value: number): ConditionResult {
  const shown = Number(value.toPrecision(4));
  if (max !== undefined && value > max)
    return { name, outcome: 'violated', value, detail: `${shown}, above its max ${max}` };
  if (min !== undefined && value < min)
    return { name, outcome: 'violated', value, detail: `${shown}, below its min ${min}` };
  return { name, outcome: 'met', value, detail: `${shown}` };
}

/** The sentence about the first condition that was violated often enough; undefined when none was. */
export function violated(specs: readonly AnalysisSpec[], states: ConditionStates): string | undefined {
  for (const { name, failures } of specs) {
    const state = states[name];
    if (!state || state.violations < failures) continue;
    return `${name} is ${state.last.detail}${failures > 1 ? `, ${state.violations} times in a row` : ''}`;
  }
  return undefined;
}

/** Whether every condition was met when last looked at. */
export const allMet = (specs: readonly AnalysisSpec[], states: ConditionStates): boolean =>
  specs.every(({ name }) => states[name]?.last.outcome === 'met');

/** The sentence about a condition that was violated when last looked at; undefined when none was. */
export function lastViolated(specs: readonly AnalysisSpec[], states: ConditionStates): string | undefined {
  const bad = specs.find(({ name }) => states[name]?.last.outcome === 'violated');
  return bad && `${bad.name} is ${states[bad.name]?.last.detail}`;
}

/** The conditions that told nothing, for the sentence of a promotion on low evidence; empty when all did. */
export function silent(specs: readonly AnalysisSpec[], states: ConditionStates): string {
  return specs
    .filter(({ name }) => (states[name]?.last.outcome ?? 'no-evidence') === 'no-evidence')
    .map(({ name }) => `; ${name} told nothing${states[name] ? ` (${states[name].last.detail})` : ''}`)
    .join('');
}
