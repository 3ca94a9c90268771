import type { Command } from 'commander';
import { type DeploymentView, deploymentSchema } from '../api/schemas.ts';
import { example, idArgument } from './arguments.ts';
import { connect } from './context.ts';
import type { Io } from './io.ts';
import { type Cell, neutral, paint, stateColor, took, writeJson, writeTable } from './output.ts';
import { writeVerdict } from './view/verdict.ts';

/** `siskin show ID` */
export function registerShow(program: Command, io: Io): void {
  program
    .command('show')
    .description('one deployment: its steps, its verdict and the evidence for it')
    .addArgument(idArgument())
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin show d42', 'siskin show d42 --json'))
    .action(async (id: string, options: { json?: boolean }, command: Command) => {
      const client = await connect(command, io);
      const deployment = await client.get(`/api/v1/deployments/${id}`, deploymentSchema);
      if (options.json) writeJson(io, deployment);
      else writeDeployment(io, deployment);
    });
}

/** A deployment for people. */
export function writeDeployment(io: Io, one: DeploymentView): void {
  const state = paint(io, stateColor(one.state), one.state);
  io.write(`${paint(io, 'bold', one.id)}  ${neutral(`${one.app}/${one.environment}`)}  ${state}\n`);
  const facts: [string, string | null][] = [
    ['reason', one.reason],
    ['release', one.release],
    ['before it', one.baseline],
    ['commit', one.sha && `${one.sha}  ${one.title ?? ''}`],
    ['author', one.author],
    ['asked by', `${one.actor.name} (${one.actor.kind})`],
    ['superseded by', one.supersededBy],
    ['created', one.createdAt],
    ['finished', one.finishedAt && `${one.finishedAt}, after ${took(one.createdAt, one.finishedAt)}`],
  ];
  for (const [name, value] of facts) if (value) io.write(`  ${name.padEnd(14)}${lines(value)}\n`);
  io.write('\n');
  writeTable(io, ['STEP', 'OUTCOME', 'TOOK', 'DETAIL'], one.steps.map(stepRow), 'No steps yet.');
  if (one.verdict !== null) writeVerdict(io, one.verdict);
}

/** A reason may hold the last lines of a build: they stand below one another. */
const lines = (text: string): string =>
  text
    .split('\n')
    .map(neutral)
    .join(`\n${' '.repeat(16)}`);

const stepRow = (step: DeploymentView['steps'][number]): Cell[] => [
  step.name,
  {
    text: step.outcome,
    color: step.outcome === 'failed' ? 'red' : step.outcome === 'ok' ? 'green' : 'yellow',
  },
  took(step.startedAt, step.endedAt),
  step.detail ?? '',
];
