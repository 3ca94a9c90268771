import type { Command } from 'commander';
import type { ComposeCli } from '../../adapters/compose/compose-cli.ts';
import { connectDocker } from '../../adapters/docker/connect.ts';
import { makeNetwork, subnetsOfEngine } from '../../adapters/docker/host-networks.ts';
import { projectContainers, untilProject } from '../../adapters/docker/project-containers.ts';
import { configDigest } from '../../config/host/config-digest.ts';
import { duration } from '../../config/units.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import {
  activeParts,
  type BundlePart,
  fixedSubnets,
  type HostBundle,
  neededNetworks,
} from '../../domain/host/bundle.ts';
import { type Readiness, readiness } from '../../domain/host/readiness.ts';
import { takenSubnets } from '../../domain/host/subnets.ts';
import { anySignal } from '../../pipeline/any-signal.ts';
import { example } from '../terminal/arguments.ts';
import type { Io } from '../terminal/io.ts';
import { neutral, paint, writeJson } from '../terminal/output.ts';
import { activeServices, composeOf, engineOf } from './compose.ts';
import { loadBundle } from './load-bundle.ts';
import { memoryReport } from './memory-report.ts';

interface StartOptions {
  dryRun?: boolean;
  json?: boolean;
  timeout: string;
}

/** `siskin host start` */
export function addStart(host: Command, io: Io): void {
  host
    .command('start')
    .description('networks, then each part in order; waits until it is healthy before the next')
    .argument('[folder]', 'the folder', '.')
    .option('--timeout <duration>', 'the longest wait for one part, e.g. 5m', '5m')
    .option('--dry-run', 'print what would be started')
    .option('--json', 'as JSON')
    .addHelpText('after', example('siskin host start /srv/host', 'siskin host start /srv/host --dry-run'))
    .action(async (folder: string, options: StartOptions) => start(io, folder, options));
}

async function start(io: Io, folder: string, options: StartOptions): Promise<void> {
  const timeoutMs = duration.parse(options.timeout);
  if (timeoutMs === undefined)
    throw new SiskinError('ARGUMENT_INVALID', `--timeout must be ${duration.expected}.`);
  const bundle = await loadBundle(folder);
  const steps = startSteps(bundle);
  if (options.dryRun) return tellSteps(io, steps, options.json === true);
  refuse(bundle);
  const compose = await composeOf(io.env);
  const docker = connectDocker(engineOf(io.env));
  await refuseTakenSubnets(docker, bundle);
  const say = (text: string): void => {
    if (!options.json) io.write(`${text}\n`);
  };
  for (const { name, internal } of neededNetworks(activeParts(bundle)))
    say(
      `network ${neutral(name)}  ${(await makeNetwork(docker, name, internal)) === 'made' ? 'made' : 'is there'}`,
    );
  const variables = { SISKIN_CONFIG_DIGEST: await configDigest(bundle.folder) };
  for (const part of activeParts(bundle)) {
    await startPart({ io, docker, compose, bundle, variables, timeoutMs }, part);
    say(
      `${paint(io, 'green', '✓')} ${part.name.padEnd(12)} ${activeServices(part.services, bundle.profiles).join(', ')}`,
    );
  }
  if (options.json) writeJson(io, { started: steps });
}

interface Starting {
  io: Io;
  docker: ReturnType<typeof connectDocker>;
  compose: ComposeCli;
  bundle: HostBundle;
  /** Which siskin.yaml it is, for the containers that read it. */
  variables: { SISKIN_CONFIG_DIGEST: string };
  timeoutMs: number;
}

/** @throws SiskinError COMPOSE_FAILED, HOST_NOT_HEALTHY */
async function startPart(
  { io, docker, compose, bundle, variables, timeoutMs }: Starting,
  part: BundlePart,
): Promise<void> {
  const { project, profiles } = bundle;
  // Images are pulled by it, which takes what the line gives.
  await compose.run({ ...part, project, profiles, variables }, ['up', '--detach'], {
    timeoutMs: 60 * 60_000,
    signal: io.interrupted,
  });
  const services = activeServices(part.services, profiles);
  let last: Readiness = { kind: 'waiting', for: services };
  const { signal, unlink } = anySignal([AbortSignal.timeout(timeoutMs), io.interrupted]);
  const ready = await untilProject(
    docker,
    project,
    async () => {
      last = readiness(services, await projectContainers(docker, project));
      return last.kind !== 'waiting';
    },
    signal,
  ).finally(unlink);
  refuseUnready(
    part.name,
    ready ? last : { kind: 'waiting', for: last.kind === 'waiting' ? last.for : services },
  );
}

function refuseUnready(part: string, seen: Readiness): void {
  if (seen.kind === 'ready') return;
  const why =
    seen.kind === 'failed'
      ? `${seen.container} ${seen.why}`
      : `${seen.for.join(', ')} did not become healthy in time`;
  throw new SiskinError('HOST_NOT_HEALTHY', `${part}: ${neutral(why)}. What comes after it was not started.`);
}

/** @throws SiskinError HOST_UNFILLED, HOST_MEMORY_SHORT */
function refuse(bundle: HostBundle): void {
  if (bundle.unfilled.length > 0)
    throw new SiskinError('HOST_UNFILLED', `Still CHANGE-ME: ${bundle.unfilled.join('; ')}.`);
  const { shortage } = memoryReport(bundle);
  if (shortage !== null) throw new SiskinError('HOST_MEMORY_SHORT', `${shortage} Nothing was started.`);
}

/** @throws SiskinError HOST_SUBNET_TAKEN */
async function refuseTakenSubnets(docker: Starting['docker'], bundle: HostBundle): Promise<void> {
  const [taken] = takenSubnets(fixedSubnets(bundle), await subnetsOfEngine(docker));
  if (taken === undefined) return;
  const { network, subnet, takenBy } = taken;
  throw new SiskinError(
    'HOST_SUBNET_TAKEN',
    `${neutral(network)} is to be ${neutral(subnet)}, of which ${neutral(takenBy.network)} (${takenBy.subnet}) has addresses already. Nothing was started.`,
  );
}

export interface StartStep {
  what: 'network' | 'part';
  name: string;
  /** Services of a part; none of a network. */
  services: string[];
}

const startSteps = (bundle: HostBundle): StartStep[] => [
  ...neededNetworks(activeParts(bundle)).map(({ name }) => ({
    what: 'network' as const,
    name,
    services: [],
  })),
  ...activeParts(bundle).map(({ name, services }) => ({
    what: 'part' as const,
    name,
    services: activeServices(services, bundle.profiles),
  })),
];

function tellSteps(io: Io, steps: readonly StartStep[], json: boolean): void {
  if (json) writeJson(io, { wouldStart: steps });
  else
    for (const [index, { what, name, services }] of steps.entries())
      io.write(
        `${index + 1}. ${what} ${neutral(name)}${services.length > 0 ? `: ${services.join(', ')}` : ''}\n`,
      );
}
