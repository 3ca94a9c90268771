import type { Keep } from '../../domain/backup/retention.ts';
import type { TimeOfDay } from '../../domain/backup/schedule.ts';
import type { DnsTarget } from '../../domain/dns/switch-plan.ts';
import type { EnvironmentKey } from '../../domain/names.ts';

export interface BackupConfig {
  /** Absolute. */
  folder: string;
  /** Absent: by hand, or by cron. */
  at?: TimeOfDay;
  keep: Keep;
  /** A backup is made before each deployment of these. */
  beforeDeploy: EnvironmentKey[];
  databases: DatabaseConfig[];
  /** Names of volumes. */
  volumes: string[];
  /** Whether Siskin's own state is saved too. */
  siskin: boolean;
  /** An image with sh, find, sha256sum and rm, for short helper containers. */
  helperImage: string;
}

export interface DatabaseConfig {
  name: string;
  /** The container's name, or `label=value`. */
  container: string;
  kind: 'postgres' | 'mysql' | 'mariadb';
  database: string;
  user: string;
  /** Absolute. Absent: the container lets its own user in, or has the password in its environment. */
  passwordFile?: string;
}

export interface StandbyConfig {
  /** `unix://`, `tcp://` or `ssh://user@host`. */
  docker: string;
  ssh?: { keyFile?: string; hostKey: string };
  at?: TimeOfDay;
  apps: EnvironmentKey[];
  volumes: string[];
  /** Names of backup.databases, each with its container there. */
  databases: { name: string; container: string }[];
  /** Containers there that must run before it takes over. */
  containers: string[];
  /** Whether its databases refuse to write while it serves. */
  readOnly: boolean;
  /** Addresses of the primary: it is gone when none of them answers. */
  probes: string[];
  /** How old the last synchronisation may be before failover is refused without --force, in ms. */
  maxAgeMs: number;
}

export interface DnsConfig {
  provider: 'cloudflare';
  /** The token, or an absolute path. */
  token: { value: string } | { file: string };
  zone: string;
  /** Without trailing slash. */
  apiUrl: string;
  records: DnsTarget[];
}
