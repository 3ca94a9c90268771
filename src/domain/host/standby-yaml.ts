import type { HostAnswers, Standby } from './answers.ts';
import { hostNames } from './names.ts';
import { keysFolder } from './repository-keys.ts';
import { standbyHosts } from './standby-hosts.ts';

const keyFile = `${keysFolder}/standby.key`;
const tokenFile = `${keysFolder}/dns.token`;

/** The keys `standby` and `dns` of siskin.yaml. One of which something is not known is there as a comment that says what. */
export const standbyYaml = (answers: HostAnswers, standby: Standby): string[] => [
  [
    '# The second machine: each night it is brought the image, the data and the certificates (docs/guides/standby.md of Siskin).',
    ...unlessUnknown(hostKeyUnknown(standby), standbyLines(answers, standby)),
  ].join('\n'),
  [
    '# Names that lead to the first machine, and to the second one while it stands in: `siskin dns show`.',
    ...unlessUnknown(dnsUnknown(standby), dnsLines(answers, standby)),
  ].join('\n'),
];

function standbyLines({ project, ports }: HostAnswers, standby: Standby): string[] {
  const { certificatesVolume } = hostNames(project);
  const container = (name: string): string => `${project}-standby-${name}`;
  return [
    'standby:',
    `  docker: ssh://${standby.ssh}`,
    `  ssh: { keyFile: ${keyFile}, hostKey: "${standby.hostKey || 'SHA256:…'}" }`,
    '  at: "03:00"',
    `  apps: [${standby.app}/production]`,
    `  volumes: [${certificatesVolume}]`,
    `  databases: [{ name: ${standby.app}, container: ${container('postgres')} }]`,
    `  containers: [${['front', standby.app, 'postgres'].map(container).join(', ')}]`,
    ...(standby.primary === ''
      ? [
          '  # An address of the first machine that is never switched; without one `siskin standby failover` needs --force.',
          '  probes: []',
        ]
      : [`  probes: ["tcp://${standby.primary}:${ports.https}"]`]),
  ];
}

const dnsLines = (answers: HostAnswers, standby: Standby): string[] => [
  'dns:',
  `  tokenFile: ${tokenFile}`,
  `  zone: ${standby.dnsZone || 'ZONE'}`,
  '  records:',
  ...standbyHosts(answers, standby).map(
    (host) => `    - { name: ${host}, primary: ${standby.primary || 'HOME'}, standby: ${standby.domain} }`,
  ),
];

/** @param why what is not known yet; null when all is: the lines are a comment until then */
const unlessUnknown = (why: string | null, lines: readonly string[]): readonly string[] =>
  why === null ? lines : [`# ${why}`, ...lines.map((line) => `#${line}`)];

/** What is missing for `standby`; null when nothing is. */
const hostKeyUnknown = ({ ssh, hostKey }: Standby): string | null =>
  hostKey !== ''
    ? null
    : `Take the # away when the host key is known: ${hostKeyCommand(ssh)} prints it as SHA256:…; compare it on the machine itself.`;

const hostKeyCommand = (ssh: string): string =>
  `\`ssh-keyscan -t ed25519 ${ssh.slice(ssh.indexOf('@') + 1)} | ssh-keygen -lf -\``;

/** What is missing for `dns`; null when nothing is. */
function dnsUnknown({ dnsZone, primary }: Standby): string | null {
  const missing = [
    ...(dnsZone === '' ? ['the zone at Cloudflare (--dns-zone) for ZONE'] : []),
    ...(primary === ''
      ? ['the name of the first machine (--primary-domain), which never changes, for HOME']
      : []),
  ];
  return missing.length === 0 ? null : `Take the # away when these are known: ${missing.join('; ')}.`;
}

/** What only the operator can do, one sentence each. */
export function standbyToDo({ project }: HostAnswers, standby: Standby): string[] {
  const { ssh, hostKey, dnsZone } = standby;
  const dns = dnsUnknown(standby);
  return [
    `A key for ${ssh}: ssh-keygen -t ed25519 -N '' -C ${project} -f ${keyFile}, then ssh-copy-id -i ${keyFile}.pub ${ssh}.`,
    ...(hostKey === ''
      ? [`siskin.yaml has standby as a comment: put the host key there that ${hostKeyCommand(ssh)} prints.`]
      : []),
    ...(dns === null ? [] : ['siskin.yaml has dns as a comment: it says there what is not known.']),
    `A token of Cloudflare with Zone.DNS (edit) and Zone.Zone (read)${dnsZone === '' ? '' : ` for ${dnsZone}`} into ${tokenFile}.`,
  ];
}
