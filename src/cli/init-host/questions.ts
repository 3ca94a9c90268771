import { isRouteHost } from '../../config/siskin/route-syntax.ts';
import { type ExampleName, exampleNames, exampleTraits } from '../../domain/host/answers.ts';
import { isFrontSubnet } from '../../domain/host/front-network.ts';
import { namePattern } from '../../domain/names.ts';
import {
  appProblem,
  branch,
  bytes,
  domainProblem,
  forwardProblem,
  host,
  isHostAndPort,
  isIpv4,
  isMail,
  isNetwork,
  isSsh,
  isWebAddress,
  must,
  orEmpty,
  port,
  type WordProblem,
} from './words.ts';

/** What `siskin init host` asks; all texts as they were typed, lists word by word. */
export interface RawAnswers {
  example: string;
  project: string;
  app: string[];
  domain: string[];
  branch: string;
  testBranch: string;
  publicUrl: string;
  email: string;
  slackChannel: string;
  smtp: string;
  allow: string[];
  databaseHost: string;
  standby: string;
  standbyDomain: string;
  standbyApp: string;
  standbyHostKey: string;
  primaryDomain: string;
  dnsZone: string;
  memory: string;
  replicas: string;
  replicaMemory: string;
  httpPort: string;
  httpsPort: string;
  serverPort: string;
  routerPort: string;
  frontSubnet: string;
  forward: string[];
  behind: string;
}
export type HostQuestion = keyof RawAnswers;

export interface QuestionText {
  message: string;
  flag: string;
  about: string;
  /** Given again and again, or as words at a prompt. */
  list?: true;
  /** Only where the example needs it. */
  needed: (example: ExampleName) => boolean;
  /** Asked at a terminal; others have a default that is right for most. */
  asked: boolean;
  problem: WordProblem;
}

const always = (): boolean => true;

/** In the order in which they are asked. */
export const hostQuestions: Record<HostQuestion, QuestionText> = {
  example: {
    message: 'Which example is nearest to your host',
    flag: '--example <name>',
    about: `the example to begin with: ${exampleNames.join(', ')}`,
    needed: always,
    asked: true,
    problem: must((word) => exampleNames.some((name) => name === word), `one of ${exampleNames.join(', ')}`),
  },
  app: {
    message: 'Your apps, each as NAME=REPOSITORY',
    flag: '--app <name=repository>',
    about: 'an app and its repository; give it again for each app',
    list: true,
    needed: always,
    asked: true,
    problem: appProblem,
  },
  domain: {
    message: 'Their domains, each as APP=HOST, or APP/test=HOST',
    flag: '--domain <app=host>',
    about: 'a domain of an app, or app/test=host of its test environment; give it again for each',
    list: true,
    needed: always,
    asked: true,
    problem: domainProblem,
  },
  branch: {
    message: 'The branch that production follows',
    flag: '--branch <branch>',
    about: 'the branch that production follows',
    needed: always,
    asked: false,
    problem: branch,
  },
  testBranch: {
    message: 'The branch that test follows',
    flag: '--test-branch <branch>',
    about: 'the branch that test follows (production-test)',
    needed: (example) => exampleTraits[example].testEnvironment,
    asked: false,
    problem: branch,
  },
  databaseHost: {
    message: "The host of production's database",
    flag: '--database-host <host[:port]>',
    about: "where production's database is (production-test)",
    needed: (example) => exampleTraits[example].outsideDatabase,
    asked: true,
    problem: must(isHostAndPort, 'a host name, with :port where it is not 5432'),
  },
  allow: {
    message: 'The networks of those who may reach the test environments',
    flag: '--allow <network>',
    about: 'a network or address that may reach the test environments, e.g. 203.0.113.0/24 (production-test)',
    list: true,
    needed: (example) => exampleTraits[example].testEnvironment,
    asked: true,
    problem: must(isNetwork, 'an address or network such as 203.0.113.0/24'),
  },
  standby: {
    message: 'The second machine, as ssh takes it',
    flag: '--standby <user@host>',
    about: 'the second machine, as ssh takes it (desktop-standby)',
    needed: (example) => exampleTraits[example].standby,
    asked: true,
    problem: must(isSsh, 'USER@HOST, e.g. ubuntu@standby.example.com'),
  },
  standbyDomain: {
    message: 'The name that domains point to while it stands in',
    flag: '--standby-domain <name>',
    about: 'the name that domains point to while the second machine stands in (desktop-standby)',
    needed: (example) => exampleTraits[example].standby,
    asked: true,
    problem: host,
  },
  standbyApp: {
    message: 'The app that it has room for',
    flag: '--standby-app <app>',
    about: 'the app that the second machine has room for (desktop-standby); the first one unless told',
    needed: (example) => exampleTraits[example].standby,
    asked: false,
    problem: orEmpty(must((word) => namePattern.test(word), 'the name of an app')),
  },
  standbyHostKey: {
    message: 'The fingerprint of its host key, or nothing',
    flag: '--standby-host-key <fingerprint>',
    about:
      "the fingerprint of the second machine's host key, SHA256:… as ssh-keygen -lf prints it (desktop-standby)",
    needed: (example) => exampleTraits[example].standby,
    asked: true,
    problem: orEmpty(
      must(
        (word) => /^SHA256:[A-Za-z0-9+/]{43}$/.test(word),
        'SHA256: and 43 letters, as ssh-keygen -lf prints it',
      ),
    ),
  },
  primaryDomain: {
    message: 'The name that domains point to otherwise',
    flag: '--primary-domain <name>',
    about:
      'the name of this machine that domains point to, e.g. of your DDNS (desktop-standby); the one of --public-url unless told',
    needed: (example) => exampleTraits[example].standby,
    asked: false,
    problem: orEmpty(
      must((word) => isRouteHost(word) && !isIpv4(word), 'a host name, e.g. home.example.net'),
    ),
  },
  dnsZone: {
    message: 'The zone of the domains at Cloudflare, or nothing',
    flag: '--dns-zone <zone>',
    about: 'the zone at Cloudflare in which names are switched (desktop-standby)',
    needed: (example) => exampleTraits[example].standby,
    asked: true,
    problem: orEmpty(must((word) => isRouteHost(word) && !isIpv4(word), 'a zone, e.g. example.com')),
  },
  publicUrl: {
    message: 'The address at which GitHub reaches this machine, or nothing',
    flag: '--public-url <url>',
    about: 'the address at which GitHub reaches this machine',
    needed: always,
    asked: true,
    problem: orEmpty(must(isWebAddress, 'an address such as https://deploy.example.com')),
  },
  email: {
    message: 'The mail address for certificates and alerts, or nothing',
    flag: '--email <address>',
    about: 'the mail address for certificates and alerts',
    needed: always,
    asked: true,
    problem: orEmpty(must(isMail, 'a mail address')),
  },
  slackChannel: {
    message: 'The Slack channel for alerts, or nothing',
    flag: '--slack-channel <channel>',
    about: 'the Slack channel for alerts, e.g. #alerts',
    needed: always,
    asked: true,
    problem: orEmpty(must((word) => /^[#@]?[\p{L}\p{N}._-]{1,80}$/u.test(word), 'a channel such as #alerts')),
  },
  smtp: {
    message: 'The mail server for alerts',
    flag: '--smtp <host:port>',
    about: 'the mail server for alerts to --email, e.g. smtp.example.com:587',
    needed: always,
    asked: false,
    problem: orEmpty(must((word) => word.includes(':') && isHostAndPort(word), 'HOST:PORT')),
  },
  project: {
    message: "Compose's project",
    flag: '--project <name>',
    about: "Compose's project; networks are named after it",
    needed: always,
    asked: false,
    problem: must((word) => /^[a-z0-9][a-z0-9-]{0,30}$/.test(word), 'at most 31 of a-z, 0-9 and -'),
  },
  memory: {
    message: 'The memory of this machine',
    flag: '--memory <size>',
    about: "the machine's memory, e.g. 8G; the example's unless told",
    needed: always,
    asked: false,
    problem: orEmpty(bytes),
  },
  replicas: {
    message: 'Replicas of each app',
    flag: '--replicas <number>',
    about: "replicas of each app; the example's unless told",
    needed: always,
    asked: false,
    problem: orEmpty(must((word) => /^[1-9]\d?$/.test(word), 'a number from 1 to 99')),
  },
  replicaMemory: {
    message: 'Memory of each replica',
    flag: '--replica-memory <size>',
    about: "memory of each replica, e.g. 768M; the example's unless told",
    needed: always,
    asked: false,
    problem: orEmpty(bytes),
  },
  httpPort: portQuestion('--http-port <port>', 'the port for http'),
  httpsPort: portQuestion('--https-port <port>', 'the port for https'),
  serverPort: portQuestion('--server-port <port>', "the port of Siskin's server, on loopback"),
  routerPort: portQuestion('--router-port <port>', "the port of Siskin's router, on loopback"),
  frontSubnet: {
    message: 'The network between the web server and the router',
    flag: '--front-subnet <network>',
    about: 'the network between the web server and the router: 16 addresses that nothing else has',
    needed: always,
    asked: false,
    problem: must(isFrontSubnet, 'an IPv4 network of 16 addresses, e.g. 10.213.217.240/28'),
  },
  forward: {
    message: 'Names of another machine behind the same public address',
    flag: '--forward <host=address>',
    about:
      'a name of another machine behind the same public address: passed on to it, e.g. grafana.example.com=192.168.0.20',
    list: true,
    needed: always,
    asked: false,
    problem: forwardProblem,
  },
  behind: {
    message: 'The machine that passes connections on to this one',
    flag: '--behind <address>',
    about: 'the machine before this one, whose --forward names this one, e.g. 192.168.0.10',
    needed: always,
    asked: false,
    problem: orEmpty(must(isIpv4, 'an IPv4 address, e.g. 192.168.0.10')),
  },
};

function portQuestion(flag: string, about: string): QuestionText {
  return { message: about, flag, about, needed: always, asked: false, problem: port };
}
