import { mainPart, testPart } from './accessories.ts';
import { exampleTraits, type HostAnswers } from './answers.ts';
import { appFiles } from './apps.ts';
import { backupPart } from './backup-part.ts';
import { frontPart } from './front-part.ts';
import { monitoringPart } from './monitoring-part.ts';
import { hostNames } from './names.ts';
import {
  gather,
  type HostFile,
  type HostPart,
  type HostPlan,
  openFile,
  type Produced,
  type Producer,
  privateFile,
} from './plan.ts';
import { siskinPart } from './siskin-part.ts';
import { siskinYaml } from './siskin-yaml.ts';
import { standbyPart } from './standby-part.ts';

/** In no order: partOrder has it. An area that adds files to a host adds its producer here. */
const producers: readonly Producer[] = [
  mainPart,
  testPart,
  standbyPart,
  monitoringPart,
  siskinPart,
  frontPart,
  backupPart,
  appFiles,
];

/**
 * The whole folder as data: nothing is written yet.
 * @param answers that answerProblems finds nothing in
 */
export function hostPlan(answers: HostAnswers, own: readonly Producer[] = producers): HostPlan {
  const produced = own.map((produce) => produce(answers));
  const { parts, files } = gather(produced);
  const profiles = [
    'main',
    ...(exampleTraits[answers.example].testEnvironment ? ['test'] : []),
    'monitoring',
  ];
  const toDo = produced.flatMap((one) => one.toDo ?? []);
  return { parts, profiles, toDo, files: [...rootFiles(answers, produced, parts, profiles), ...files] };
}

/** Every domain that the front answers. */
function publicHosts({ apps, publicUrl }: HostAnswers): Set<string> {
  const own = apps.flatMap(({ environments }) => environments.flatMap(({ hosts }) => hosts));
  return new Set(publicUrl === '' ? own : [...own, new URL(publicUrl).hostname]);
}

function rootFiles(
  answers: HostAnswers,
  produced: readonly Produced[],
  parts: readonly HostPart[],
  profiles: readonly string[],
): HostFile[] {
  const values = {
    ...hostNames(answers.project),
    ...answers,
    parts,
    profiles,
    traits: exampleTraits[answers.example],
    hosts: [...publicHosts(answers)],
    branches: answers.apps[0]?.environments.map(({ branch }) => branch) ?? [],
    memory: `${Math.round(answers.memoryBytes / 2 ** 20)}M`,
  };
  const keys = produced.flatMap((one) => one.siskinYaml ?? []);
  return [
    openFile('docker-compose.yml', 'host/docker-compose.yml.eta', values),
    privateFile('.env', 'host/env.eta', values, []),
    { path: 'siskin.yaml', mode: 0o644, text: siskinYaml(answers, keys) },
    openFile('.gitignore', 'host/gitignore.eta'),
    openFile('README.md', 'host/README.md.eta', values),
  ];
}
