import type { DeploymentView } from '../../api/schemas.ts';
import { isDeploymentState, isEndState } from '../../domain/deployment.ts';
import type { Io } from '../terminal/io.ts';
import { ago, neutral, paint, stateColor, took } from '../terminal/output.ts';
import { type Cell, writeTable } from './table.ts';
import { writeVerdict } from './verdict.ts';
import { wrapped } from './wrap.ts';

const labelWidth = 14;

/** A deployment for people: what it was, its steps, its verdict, and what to look at next. */
export function writeDeployment(io: Io, one: DeploymentView, now: Date): void {
  const state = paint(io, stateColor(one.state), one.state);
  io.write(`${paint(io, 'bold', one.id)}  ${neutral(`${one.app}/${one.environment}`)}  ${state}\n`);
  for (const [name, value] of factsOf(one, now)) if (value) writeFact(io, name, value);
  io.write('\n');
  writeTable(io, ['STEP', 'OUTCOME', 'TOOK', 'DETAIL'], one.steps.map(stepRow), 'No steps yet.');
  if (one.verdict !== null) writeVerdict(io, one.verdict);
  io.write(`\n${paint(io, 'dim', `→ ${nextOf(one).map(neutral).join(', ')}`)}\n`);
}

const factsOf = (one: DeploymentView, now: Date): [string, string | null][] => [
  ['reason', one.reason],
  ['release', one.release],
  ['before it', one.baseline],
  ['commit', one.sha && `${one.sha}  ${one.title ?? ''}`],
  ['author', one.author],
  ['asked by', `${one.actor.name} (${one.actor.kind})`],
  ['superseded by', one.supersededBy],
  ['created', `${one.createdAt}, ${ago(one.createdAt, now)}`],
  ['finished', one.finishedAt && `${one.finishedAt}, after ${took(one.createdAt, one.finishedAt)}`],
];

/** A reason may hold the last lines of a build: they stand below one another. */
function writeFact(io: Io, name: string, value: string): void {
  const indent = labelWidth + 2;
  const lines = wrapped(value, io.columns - indent).join(`\n${' '.repeat(indent)}`);
  io.write(`  ${paint(io, 'dim', name.padEnd(labelWidth))}${lines}\n`);
}

const stepRow = (step: DeploymentView['steps'][number]): Cell[] => [
  isStage(step.name) ? step.name : `  ${step.service ? `${step.service}: ` : ''}${step.name}`,
  {
    text: step.outcome,
    color: step.outcome === 'failed' ? 'red' : step.outcome === 'ok' ? 'green' : 'yellow',
  },
  took(step.startedAt, step.endedAt),
  step.detail ?? '',
];

/** The rollout's steps stand indented below their stage. */
const isStage = (name: string): boolean => name === 'rolling_back' || isDeploymentState(name);

function nextOf({ id, app, environment, state }: DeploymentView): string[] {
  if (!isEndState(state)) return [`siskin logs ${id} -f`, `siskin cancel ${app} ${environment}`];
  if (state === 'succeeded') return [`siskin logs ${id}`, `siskin rollback ${app} ${environment}`];
  return [`siskin logs ${id}`, `siskin retry ${app} ${environment}`];
}
