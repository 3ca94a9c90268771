/** The example hosts of docs/guides/host-*.md. */
export const exampleNames = ['nas', 'desktop-standby', 'production-test'] as const;
export type ExampleName = (typeof exampleNames)[number];

/** What is known of a host before its folder is written; every text was checked for its syntax. */
export interface HostAnswers {
  example: ExampleName;
  /** Compose's project, and what names of networks begin with. */
  project: string;
  /** What the machine has, in bytes. */
  memoryBytes: number;
  apps: HostApp[];
  /** Where GitHub reaches the machine; empty when not known yet. */
  publicUrl: string;
  /** Who is told by Let's Encrypt and by alerts; empty for nobody. */
  email: string;
  /** Where alerts are told; empty for nowhere. */
  slackChannel: string;
  /** The mail server for alerts, `host:port`; empty for none. */
  smtp: string;
  /** Networks of those who may reach the test environments, as CIDR. */
  developers: string[];
  ports: HostPorts;
  /** Of the network between front and router: 16 addresses, as CIDR. */
  frontSubnet: string;
  /** Names of other machines behind the same public address, which are passed on to them. */
  forward: { address: string; hosts: string[] }[];
  /** The machine that passes connections on to this one; empty: none. */
  behind: string;
  /** Absent: one machine only. */
  standby?: Standby;
  /** Absent: production's database is in the bundle. */
  outsideDatabase?: OutsideDatabase;
}

export interface HostPorts {
  http: number;
  https: number;
  server: number;
  router: number;
}

export interface HostApp {
  app: string;
  repository: string;
  replicas: number;
  /** Of each replica, in bytes. */
  memoryBytes: number;
  environments: HostEnvironment[];
}

export interface HostEnvironment {
  environment: 'production' | 'test';
  branch: string;
  hosts: string[];
}

/** The second machine, which holds a copy of the first one's data. */
export interface Standby {
  /** As ssh takes it: `user@host`. */
  ssh: string;
  /** `SHA256:…` of its host key; empty when not known yet. */
  hostKey: string;
  /** The name that DNS points to when the first machine is down. */
  domain: string;
  /** The name that DNS points to when it is not, and that never changes; empty when not known yet. */
  primary: string;
  /** The zone at Cloudflare that its app's domains are in; empty when not known yet. */
  dnsZone: string;
  memoryBytes: number;
  /** The app that it has room for. */
  app: string;
}

export interface OutsideDatabase {
  host: string;
  port: number;
}

/** What an example decides, and nobody is asked. */
export interface ExampleTraits {
  about: string;
  memoryBytes: number;
  replicas: number;
  replicaMemoryBytes: number;
  /** `stop-first` for machines without memory for one replica more. */
  order: 'stop-first' | 'start-first';
  testEnvironment: boolean;
  standby: boolean;
  outsideDatabase: boolean;
  /** S3-compatible storage for files. */
  files: boolean;
}

const mib = 2 ** 20;
const gib = 2 ** 30;

export const exampleTraits: Record<ExampleName, ExampleTraits> = {
  nas: {
    about: 'one NAS with 8 GB: three replicas of 768 MB, PostgreSQL, Redis, MinIO, monitoring',
    memoryBytes: 8 * gib,
    replicas: 3,
    replicaMemoryBytes: 768 * mib,
    order: 'stop-first',
    testEnvironment: false,
    standby: false,
    outsideDatabase: false,
    files: true,
  },
  'desktop-standby': {
    about: 'a desktop server with many domains, and an EC2 t2.micro that stands by',
    memoryBytes: 40 * gib,
    replicas: 2,
    replicaMemoryBytes: 512 * mib,
    order: 'start-first',
    testEnvironment: false,
    standby: true,
    outsideDatabase: false,
    files: false,
  },
  'production-test': {
    about: "production and test on one machine: production's database outside, test's in a container",
    memoryBytes: 8 * gib,
    replicas: 2,
    replicaMemoryBytes: 512 * mib,
    order: 'start-first',
    testEnvironment: true,
    standby: false,
    outsideDatabase: true,
    files: false,
  },
};

/** What a t2.micro has. */
export const standbyMemoryBytes = gib;
