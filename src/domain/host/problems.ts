import { exampleTraits, type HostAnswers, type HostApp } from './answers.ts';
import { databaseName } from './names.ts';
import { standbyHosts } from './standby-hosts.ts';

/**
 * What no single answer shows: what is there twice, what collides, what is missing for the example.
 * @returns one sentence for each mistake; none when the folder may be written
 */
export function answerProblems(answers: HostAnswers): string[] {
  const { apps, ports } = answers;
  const traits = exampleTraits[answers.example];
  return [
    ...(apps.length === 0 ? ['At least one app is needed: --app NAME=REPOSITORY.'] : []),
    ...repeated(apps.map(({ app }) => app)).map((app) => `The app ${app} is there twice: rename one.`),
    ...repeated(apps.flatMap(hostsOf)).map((host) => `${host} is the domain of two environments: keep one.`),
    ...repeated(databaseNames(apps)).map((name) => `Two apps would have the database ${name}: rename one.`),
    ...apps.flatMap((app) => missingDomains(app)),
    ...forwardProblems(answers),
    ...sameBranch(apps),
    ...repeated(Object.values(ports).map(String)).map((port) => `Port ${port} is used for two things.`),
    ...(traits.standby && answers.standby === undefined ? ['The standby machine is needed: --standby.'] : []),
    ...standbyProblems(answers),
    ...(traits.outsideDatabase && answers.outsideDatabase === undefined
      ? ['The host of production’s database is needed: --database-host.']
      : []),
    ...(traits.testEnvironment && answers.developers.length === 0
      ? ['The test environment needs to know who may reach it: --allow, e.g. --allow 203.0.113.0/24.']
      : []),
  ];
}

const hostsOf = ({ environments }: HostApp): string[] => environments.flatMap(({ hosts }) => hosts);

const databaseNames = (apps: readonly HostApp[]): string[] =>
  [...new Set(apps.map(({ app }) => app))].map(databaseName);

const missingDomains = ({ app, environments }: HostApp): string[] =>
  environments.flatMap(({ environment, hosts }) => {
    const flag =
      environment === 'production' ? `--domain ${app}=HOST` : `--domain ${app}/${environment}=HOST`;
    return hosts.length === 0 ? [`${app} has no domain for ${environment}: ${flag}.`] : [];
  });

const sameBranch = (apps: readonly HostApp[]): string[] =>
  apps.flatMap(({ app, environments }) =>
    repeated(environments.map(({ branch }) => branch)).map(
      (branch) => `Two environments of ${app} follow the branch ${branch}: give each its own.`,
    ),
  );

function standbyProblems({ standby, apps }: HostAnswers): string[] {
  if (standby === undefined) return [];
  const known = apps.some(({ app }) => app === standby.app);
  const taken = apps.flatMap(hostsOf).includes(standby.domain);
  return [
    ...(known ? [] : [`The standby is to run ${standby.app}, which is none of the apps.`]),
    ...(taken ? [`${standby.domain} is the standby’s own name: no app may have it as its domain.`] : []),
    ...(standby.primary === standby.domain
      ? [`${standby.domain} is the name of both machines: --primary-domain and --standby-domain must differ.`]
      : []),
    ...(apps.flatMap(hostsOf).includes(standby.primary)
      ? [`${standby.primary} is the first machine’s own name: no app may have it as its domain.`]
      : []),
    ...standbyHosts({ apps }, standby)
      .filter((host) => standby.dnsZone !== '' && !`.${host}`.endsWith(`.${standby.dnsZone}`))
      .map(
        (host) =>
          `${host} is not in the zone ${standby.dnsZone}: its name could not be switched (--dns-zone).`,
      ),
  ];
}

/** A name belongs to one machine. */
function forwardProblems({ forward, apps, publicUrl, behind }: HostAnswers): string[] {
  const hosts = forward.flatMap((one) => one.hosts);
  const own = [...apps.flatMap(hostsOf), ...(publicUrl === '' ? [] : [new URL(publicUrl).hostname])];
  return [
    ...repeated(hosts).map((host) => `${host} is passed on twice: keep one --forward.`),
    ...[...new Set(hosts)]
      .filter((host) => own.includes(host))
      .map((host) => `${host} is served here and passed on: a name belongs to one machine.`),
    ...forward
      .filter(({ address }) => address === behind)
      .map(({ address }) => `${address} would pass on to this machine, and this machine to it.`),
  ];
}

/** Each value that is there more than once, once. */
const repeated = (values: readonly string[]): string[] => [
  ...new Set(values.filter((value, index) => values.indexOf(value) !== index)),
];
