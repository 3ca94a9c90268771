import type { BackupConfig, DnsConfig, StandbyConfig } from './types-backup.ts';
import type { EnvironmentSlack, SlackConfig } from './types-slack.ts';

export type * from './types-backup.ts';
export type * from './types-slack.ts';

import type { Access, FrontSettings, SiteSettings } from '../../domain/front/settings.ts';
import type { SecretUse } from '../../domain/secret-use.ts';

/** siskin.yaml, checked, in Siskin's own units. */
export interface SiskinConfig {
  /** The file it was read from. */
  file: string;
  /** Absolute path. */
  dataDir: string;
  server: { listen: ListenAddress; publicUrl?: string };
  /** Absent: Siskin starts its own. `url` may hold a password. */
  redis?: { url: string };
  /** Absent: Siskin starts its own. */
  prometheus?: { url: string };
  /** `container` and `socket` name a HAProxy that Siskin does not start itself; `socket` is an absolute path; `trust`: proxies besides this machine. */
  router: { listen: ListenAddress; container?: string; socket?: string; trust?: string[] };
  /** Absent: Siskin starts no nginx. */
  front?: FrontSettings;
  /** `network`: an existing network that all replicas join. Absent: Siskin makes one per environment. */
  docker: { host: string; network?: string };
  github: GithubConfig;
  /** Absent: nothing is told in Slack. */
  slack?: SlackConfig;
  api: { tokens: ApiToken[] };
  build: BuildLimits;
  /** The longest wait between two looks at a repository's branches. */
  reconcile: { everyMs: number };
  history: HistoryLimits;
  allow: Allowed;
  /** Absolute paths. Without `runDir` see memoryFolders. */
  secrets: { identityFile: string; runDir?: string };
  /** Absent: nothing is saved. */
  backup?: BackupConfig;
  /** Absent: there is no second machine. */
  standby?: StandbyConfig;
  /** Absent: names are switched by hand. */
  dns?: DnsConfig;
  apps: AppConfig[];
}

export interface GithubConfig {
  /** One secret, or two while they are rotated, the new one first; none when no webhook is to be accepted. */
  webhookSecrets: string[];
  /** Absent: nothing is told to GitHub, and no webhook can be registered. */
  auth?: GithubAuth;
  /** Without trailing slash: `https://api.github.com`, `https://HOST/api/v3`. */
  apiUrl: string;
  /** Whether deployments are shown there. */
  deployments: boolean;
  /** Whether commits get a status there. */
  statuses: boolean;
}

/** `privateKeyFile` is an absolute path; see readGithubAppKey. */
export type GithubAuth =
  | { kind: 'token'; token: string }
  | { kind: 'app'; id: number; privateKeyFile: string; installationId?: number };

export interface ListenAddress {
  /** An IP address or `localhost`; IPv6 without brackets. */
  host: string;
  port: number;
}

export interface ApiToken {
  name: string;
  role: 'viewer' | 'deployer' | 'admin';
  /** SHA-256 of the token, 64 lower-case hex digits. */
  sha256: string;
}

export interface BuildLimits {
  timeoutMs: number;
  /** Builds at the same time. */
  concurrency: number;
  maxContextBytes: number;
  /** What each step may take. Given any, builds go without BuildKit, which heeds no limits (docs/adr/0014). */
  memoryBytes?: number;
  nanoCpus?: number;
  /** Absent: the engine's build cache is left to itself. */
  keepCacheBytes?: number;
}

/** How much of an environment's history stays on record. */
export interface HistoryLimits {
  /** Its newest deployments. */
  keep: number;
  /** Since a deployment ended. */
  maxAgeMs: number;
}

/** What a repository's Compose file may ask of the host. */
export interface Allowed {
  /** Absolute host folders, normalised: they and what is below them may be mounted. */
  mounts: string[];
  /** Names of existing networks that a service may join. */
  networks: string[];
  /** Names of existing volumes that are not the environment's own. */
  volumes: string[];
}

export interface AppConfig {
  app: string;
  repository: string;
  /** The Compose file's path in the repository. */
  composeFile: string;
  /** The Compose services that are rolled out, at least one. */
  services: string[];
  /** Compose services that are brought up and never rolled. */
  accessories?: string[];
  /** Patterns of paths: see pathFilter. Absent: every push is deployed. */
  paths?: string[];
  git: GitConfig;
  environments: EnvironmentConfig[];
}

/** How the app's repository is reached. */
export interface GitConfig {
  /** Absolute path of a private key. */
  deployKeyFile?: string;
  /** The only host keys that are believed: an absolute path, or lines of such a file. */
  knownHosts?: { file: string } | { lines: string[] };
  /** For https. `password` is the token: a secret. */
  credentials?: { username: string; password: string };
  /** Hosts that they may be on besides the repository's own; false: they are left out. */
  submodules: false | { hosts: string[] };
  lfs: boolean;
}

/** `service` is absent where the app has only one. Hosts in lower case. */
export interface RouteConfig {
  host: string;
  path: string;
  service?: string;
}

export interface EnvironmentConfig {
  environment: string;
  branch: string;
  forcedPushes: 'allow' | 'refuse';
  routes: RouteConfig[];
  profiles: string[];
  /** Values for the `${VAR}` of its Compose file: `env`. May hold secrets. */
  variables: Record<string, string>;
  secrets: SecretUse[];
  /** Of them, those whose values siskin.yaml itself holds, by name. */
  secretValues: Record<string, string>;
  /** Absolute path of a file with more of them: see withEnvFile. */
  envFile?: string;
  slack?: EnvironmentSlack;
  /** Its own settings of the front. */
  front?: SiteSettings;
  /** Absent: everybody may enter. */
  access?: Access;
}
