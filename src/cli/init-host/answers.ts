import { size } from '../../config/units.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import {
  type ExampleName,
  exampleNames,
  exampleTraits,
  type HostAnswers,
  type HostApp,
  type HostEnvironment,
  type OutsideDatabase,
  type Standby,
  standbyMemoryBytes,
} from '../../domain/host/answers.ts';
import { answerProblems } from '../../domain/host/problems.ts';
import { type HostQuestion, hostQuestions, type RawAnswers } from './questions.ts';
import { halves } from './words.ts';

/** What holds where nothing is said. */
export const standardAnswers: RawAnswers = {
  example: '',
  project: 'siskin',
  app: [],
  domain: [],
  branch: 'release',
  testBranch: 'test',
  publicUrl: '',
  email: '',
  slackChannel: '',
  smtp: '',
  allow: [],
  databaseHost: '',
  standby: '',
  standbyDomain: '',
  standbyApp: '',
  standbyHostKey: '',
  primaryDomain: '',
  dnsZone: '',
  memory: '',
  replicas: '',
  replicaMemory: '',
  httpPort: '80',
  httpsPort: '443',
  serverPort: '8080',
  routerPort: '8081',
  frontSubnet: '10.213.217.240/28',
  forward: [],
  behind: '',
};

/** @throws SiskinError HOST_ANSWERS_INVALID with every mistake, each with its option */
export function hostAnswers(raw: RawAnswers): HostAnswers {
  const example = exampleNames.find((name) => name === raw.example);
  if (example === undefined) throw invalid([`--example: It must be one of ${exampleNames.join(', ')}.`]);
  const problems = (Object.keys(hostQuestions) as HostQuestion[]).flatMap((name) =>
    wrongWords(name, raw, example),
  );
  if (problems.length > 0) throw invalid(problems);
  const answers = assembled(raw, example);
  const together = [...answerProblems(answers), ...domainsOfNobody(raw, answers)];
  if (together.length > 0) throw invalid(together);
  return answers;
}

const invalid = (problems: readonly string[]): SiskinError =>
  new SiskinError('HOST_ANSWERS_INVALID', problems.join('\n'));

/** An answer that the example has no use for is not looked at; one that it needs and is missing is told with the others. */
function wrongWords(name: HostQuestion, raw: RawAnswers, example: ExampleName): string[] {
  const { flag, needed, problem } = hostQuestions[name];
  const written = raw[name];
  if (!needed(example)) return [];
  return (typeof written === 'string' ? [written] : written).flatMap((word) => {
    const wrong = problem(word);
    return wrong === undefined ? [] : [`${flag.split(' ')[0]}: ${wrong}`];
  });
}

function assembled(raw: RawAnswers, example: ExampleName): HostAnswers {
  const traits = exampleTraits[example];
  return {
    example,
    project: raw.project,
    memoryBytes: size.parse(raw.memory) ?? traits.memoryBytes,
    apps: raw.app.map((word) => appOf(word, raw, example)),
    publicUrl: raw.publicUrl,
    email: raw.email,
    slackChannel: raw.slackChannel,
    smtp: raw.smtp,
    developers: traits.testEnvironment ? raw.allow : [],
    ports: {
      http: Number(raw.httpPort),
      https: Number(raw.httpsPort),
      server: Number(raw.serverPort),
      router: Number(raw.routerPort),
    },
    frontSubnet: raw.frontSubnet,
    forward: forwardOf(raw),
    behind: raw.behind,
    ...(traits.standby && { standby: standbyOf(raw) }),
    ...(traits.outsideDatabase && { outsideDatabase: outsideDatabaseOf(raw) }),
  };
}

function appOf(word: string, raw: RawAnswers, example: ExampleName): HostApp {
  const [app, repository = ''] = halves(word);
  const traits = exampleTraits[example];
  const environment = (name: HostEnvironment['environment'], branch: string): HostEnvironment => ({
    environment: name,
    branch,
    hosts: domainsOf(raw, app, name),
  });
  return {
    app,
    repository,
    replicas: Number(raw.replicas) || traits.replicas,
    memoryBytes: size.parse(raw.replicaMemory) ?? traits.replicaMemoryBytes,
    environments: [
      environment('production', raw.branch),
      ...(traits.testEnvironment ? [environment('test', raw.testBranch)] : []),
    ],
  };
}

const domainsOf = ({ domain }: RawAnswers, app: string, environment: string): string[] =>
  domain.flatMap((word) => {
    const [place, host = ''] = halves(word);
    const [name, its = 'production'] = place.split('/');
    return name === app && its === environment ? [host.toLowerCase()] : [];
  });

function domainsOfNobody({ domain }: RawAnswers, { apps }: HostAnswers): string[] {
  const known = apps.flatMap(({ app, environments }) =>
    environments.map(({ environment }) => `${app}/${environment}`),
  );
  return domain.flatMap((word) => {
    const [place] = halves(word);
    const full = place.includes('/') ? place : `${place}/production`;
    return known.includes(full)
      ? []
      : [`--domain: ${word} is for ${full}, which is not there; there are: ${known.join(', ')}.`];
  });
}

function forwardOf({ forward }: RawAnswers): HostAnswers['forward'] {
  const byAddress = new Map<string, string[]>();
  for (const word of forward) {
    const [host, address = ''] = halves(word);
    byAddress.set(address, [...(byAddress.get(address) ?? []), host.toLowerCase()]);
  }
  return [...byAddress].map(([address, hosts]) => ({ address, hosts }));
}

const standbyOf = (raw: RawAnswers): Standby => ({
  ssh: raw.standby,
  hostKey: raw.standbyHostKey,
  domain: raw.standbyDomain.toLowerCase(),
  primary: raw.primaryDomain.toLowerCase() || ownName(raw),
  dnsZone: raw.dnsZone.toLowerCase(),
  memoryBytes: standbyMemoryBytes,
  app: raw.standbyApp || halves(raw.app[0] ?? '')[0],
});

/** What GitHub knows the machine by leads to it whatever is switched; unless it is an app's, or no name at all. */
function ownName({ publicUrl, domain }: RawAnswers): string {
  if (publicUrl === '') return '';
  const { hostname } = new URL(publicUrl);
  const isApps = domain.some((word) => halves(word)[1]?.toLowerCase() === hostname);
  return isApps || !/[a-z]/.test(hostname) ? '' : hostname;
}

function outsideDatabaseOf({ databaseHost }: RawAnswers): OutsideDatabase {
  const [host = '', port = '5432'] = databaseHost.split(':');
  return { host, port: Number(port) };
}
