import { exampleTraits, type HostAnswers, type HostApp, type HostEnvironment } from './answers.ts';
import { appService } from './apps.ts';
import { frontAddresses } from './front-network.ts';
import { databaseVariable, hostNames } from './names.ts';
import { gitLines } from './repository-keys.ts';

/** The text of siskin.yaml. @param keys further top-level keys, each as YAML text */
export function siskinYaml(answers: HostAnswers, keys: readonly string[]): string {
  const { project, publicUrl, apps, example } = answers;
  const names = hostNames(project);
  const { front } = frontAddresses(answers.frontSubnet);
  const networks = [
    names.databaseNetwork,
    ...(exampleTraits[example].testEnvironment ? [names.testDatabaseNetwork] : []),
  ];
  return [
    '# What this host runs. Every key: docs/reference/siskin-yaml.md of Siskin; `siskin host check` finds mistakes.',
    '# Passwords are not here, but in siskin/.env, whose variables are named.',
    'dataDir: /var/lib/siskin',
    `server: { listen: "0.0.0.0:8080"${publicUrl === '' ? '' : `, publicUrl: ${text(publicUrl)}`} }`,
    'redis: { url: redis://siskin-redis:6379 }',
    'prometheus: { url: http://siskin-prometheus:9090 }',
    '# The front is nginx in a container, in front/; the router believes it, and nobody else, who a client is.',
    `router: { container: ${names.router}, socket: /run/siskin/haproxy/admin.sock, trust: [${front}/32] }`,
    `docker: { host: unix:///var/run/docker.sock, network: ${names.network} }`,
    `github: { webhookSecret: "${variable('SISKIN_WEBHOOK_SECRET')}" }`,
    '# Apps that name these in their Compose file reach the databases; nobody else does.',
    `allow: { networks: [${networks.join(', ')}] }`,
    ...keys.map((key) => key.trimEnd()),
    'apps:',
    ...apps.flatMap((app) => appLines(answers, app)),
    '',
  ].join('\n');
}

const appLines = (answers: HostAnswers, hostApp: HostApp): string[] => [
  `  ${hostApp.app}:`,
  `    repo: ${text(hostApp.repository)}`,
  ...gitLines(hostApp),
  '    compose: docker-compose.yml',
  `    service: ${appService}`,
  '    environments:',
  ...hostApp.environments.flatMap((environment) => environmentLines(answers, hostApp.app, environment)),
];

function environmentLines(
  { project, example }: HostAnswers,
  app: string,
  { environment, branch, hosts }: HostEnvironment,
): string[] {
  const { databaseNetwork, testDatabaseNetwork } = hostNames(project);
  const { files } = exampleTraits[example];
  return [
    `      ${environment}:`,
    `        branch: ${text(branch)}`,
    `        routes: [${hosts.map((host) => `{ host: ${text(host)} }`).join(', ')}]`,
    '        env:',
    `          DATABASE_NETWORK: ${environment === 'test' ? testDatabaseNetwork : databaseNetwork}`,
    '          REDIS_URL: redis://redis:6379',
    ...(files
      ? [
          '          S3_ENDPOINT: http://minio:9000',
          `          S3_ACCESS_KEY: "${variable('MINIO_ROOT_USER')}"`,
        ]
      : []),
    '        secrets:',
    secretLine('DATABASE_URL', databaseVariable(app, environment)),
    ...(files ? [secretLine('S3_SECRET_KEY', 'MINIO_ROOT_PASSWORD')] : []),
  ];
}

const secretLine = (name: string, source: string): string =>
  `          - { name: ${name}, value: "${variable(source)}" }`;

/** JSON's strings are YAML's, whatever is in them. */
const text = (value: string): string => JSON.stringify(value);

/** What siskin.yaml takes out of its environment. */
const variable = (name: string): string => `\${${name}}`;
