import type { HostAnswers, Standby } from './answers.ts';
import { appService } from './apps.ts';
import { frontAddresses } from './front-network.ts';
import { databaseName, hostNames, standbyDomains } from './names.ts';
import { openFile, type Producer, privateFile } from './plan.ts';

/** Where Siskin's containers see the folder siskin/keys. */
const keysFolder = '/etc/siskin/keys';

/** What the second machine runs, as little as answers its users; and how it is kept up to date and led to. */
export const standbyPart: Producer = (answers) => {
  const { project, standby, apps, frontSubnet } = answers;
  if (standby === undefined) return { files: [] };
  const database = databaseName(standby.app);
  const values = {
    ...hostNames(project),
    app: standby.app,
    image: standbyImage(standby.app),
    database,
    databases: [database],
    domains: standbyDomains(apps, standby.app),
    addresses: frontAddresses(frontSubnet),
  };
  return {
    parts: [{ name: 'standby', about: 'the copy on the second machine, read-only' }],
    files: [
      openFile('standby/docker-compose.yml', 'host/standby/docker-compose.yml.eta', values),
      privateFile('standby/.env', 'host/standby/env.eta', values, ['postgres']),
      openFile('standby/postgres/init.sql', 'host/postgres/init.sql.eta', values),
      openFile('standby/haproxy.cfg', 'host/standby/haproxy.cfg.eta', values),
      openFile('siskin/keys/.gitignore', 'host/siskin/keys/gitignore'),
    ],
    siskinYaml: [standbyYaml(answers, standby), ...dnsYaml(answers, standby)],
  };
};

/** The name under which each synchronisation brings the image that serves: see docs/guides/standby.md. */
const standbyImage = (app: string): string => `siskin/${app}-production-${appService}:standby`;

/** Without a host key there is nobody to believe: then it stands there as a comment, with what is missing. */
function standbyYaml({ project }: HostAnswers, { ssh, app, hostKey, dns }: Standby): string {
  const names = hostNames(project);
  const containers = [names.frontContainer, names.standbyRouter, names.standbyApp, names.standbyDatabase];
  const lines = [
    'standby:',
    `  docker: ssh://${ssh}`,
    `  ssh: { keyFile: ${keysFolder}/standby, hostKey: ${JSON.stringify(hostKey || 'SHA256:…')} }`,
    '  at: "03:00"',
    `  apps: [${app}/production]`,
    `  volumes: [${project}_front-certificates, ${project}_letsencrypt]`,
    `  databases: [{ name: ${app}, container: ${names.standbyDatabase} }]`,
    `  containers: [${containers.join(', ')}]`,
    ...(dns ? [`  probes: ["tcp://${dns.primary}:443", "tcp://${dns.primary}:22"]`] : []),
  ];
  const [, host = ssh] = ssh.split('@');
  return hostKey === ''
    ? [
        `# The second machine, once its host key is known: \`ssh-keyscan ${host} | ssh-keygen -lf -\`.`,
        ...lines.map((line) => `# ${line}`),
      ].join('\n')
    : ['# The second machine: each night, and by `siskin standby sync`.', ...lines].join('\n');
}

function dnsYaml({ apps }: HostAnswers, { dns, domain, app }: Standby): string[] {
  if (dns === undefined) return [];
  const records = standbyDomains(apps, app).map(
    (name) => `    - { name: ${name}, primary: ${dns.primary}, standby: ${domain} }`,
  );
  const lines = [
    '# `siskin standby failover` and `siskin dns switch` lead these names; the token is in siskin/keys.',
    'dns:',
    `  tokenFile: ${keysFolder}/cloudflare`,
    `  zone: ${dns.zone}`,
    '  records:',
    ...records,
  ];
  return [lines.join('\n')];
}
