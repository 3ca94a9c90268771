import type { AuditFilter, AuditPage } from '../domain/audit.ts';
import type { Actor, Deployment, DeploymentState, DeploymentTarget, Release } from '../domain/deployment.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { EnvironmentKey } from '../domain/names.ts';
import type { DeploymentCommand, EnvironmentRecord, Freeze, ScrapeTarget } from '../pipeline/ports.ts';

/** What the API needs of the world. The wiring gives the Redis adapters and the configuration. */
export interface ApiDependencies {
  /** Hashed tokens; empty means that nobody may. */
  tokens: readonly ApiToken[];
  /** The configured apps; read at every request. */
  apps: () => readonly ConfiguredApp[];
  history: History;
  audit: AuditLog;
  /** Takes in what the command line has noted while nobody listened. @returns how many entries */
  takeInAudit: () => Promise<number>;
  /** Takes secrets out of sentences. */
  mask?: (text: string) => string;
  requests: Requests;
  /** Follows a deployment from a cursor until it ends or the signal is aborted. */
  follow: (id: string, cursor: string | undefined, signal: AbortSignal) => AsyncIterable<FollowedEvent>;
  /** By name, e.g. `redis`, `docker`: rejects when it does not answer. */
  readiness: Record<string, () => Promise<void>>;
  /** For Prometheus' http_sd. */
  scrapeTargets: () => Promise<EnvironmentTargets[]>;
  /** The text of /metrics and its content type. */
  metrics: () => Promise<{ contentType: string; text: string }>;
  log: { error(fields: Record<string, unknown>, message: string): void };
  /** Its origin may send requests from a page. */
  publicUrl?: string;
  /** Time between heartbeats of server-sent events; 15 s unless told. */
  heartbeatMs?: number;
}

export type Role = 'viewer' | 'deployer' | 'admin';

export interface ApiToken {
  name: string;
  role: Role;
  /** SHA-256 of the token in hex, `sha256:` before it allowed. */
  hash: string;
  /** The token of the server's own command line, which tells who uses it. */
  ofCommandLine?: boolean;
}

/** `service` is absent where the app has only one. */
export interface ConfiguredRoute {
  host: string;
  path: string;
  service?: string;
}

export interface ConfiguredApp {
  app: string;
  /** The operator's address of the repository, without credentials. */
  repository: string;
  environments: { environment: string; branch: string; routes: ConfiguredRoute[] }[];
}

export interface ListFilter {
  app?: string;
  environment?: string;
  state?: DeploymentState;
  limit: number;
}

export interface AuditNote {
  actor: Actor;
  from: string | null;
  action: string;
  /** Fields of its own; some texts of before are read, too. */
  detail: string | Record<string, unknown>;
}

/** The audit log. */
export interface AuditLog {
  add(note: AuditNote): Promise<void>;
  page(filter: AuditFilter, limit: number, before: string | undefined): Promise<AuditPage>;
}

export interface History {
  list(filter: ListFilter): Promise<Deployment[]>;
  get(id: string): Promise<{ deployment: Deployment; journal: JournalEntry[] } | null>;
  environment(key: EnvironmentKey): Promise<EnvironmentRecord>;
  /** @returns null when there is no such release, `built: false` when its image was never made */
  releaseState(key: EnvironmentKey, release: number): Promise<{ built: boolean } | null>;
  /** All that are on record, in any order. */
  releases(key: EnvironmentKey): Promise<Release[]>;
  /** @throws SiskinError NOT_FOUND, DEPLOYMENT_ENDED */
  addCommand(id: string, command: DeploymentCommand, audit: AuditNote): Promise<void>;
  /** @returns whether it changed anything; an environment that is frozen keeps its first reason */
  freeze(key: EnvironmentKey, freeze: Freeze, audit: AuditNote): Promise<boolean>;
  /** @returns whether it changed anything */
  unfreeze(key: EnvironmentKey, audit: AuditNote): Promise<boolean>;
}

export interface Requests {
  request(
    request: EnvironmentKey & {
      branch: string;
      target: DeploymentTarget;
      actor: Actor;
      from: string | null;
      action: string;
    },
  ): Promise<{ deployment: string; superseded: string | null }>;
}

export type FollowedEvent =
  | { cursor: string; kind: 'journal'; entry: JournalEntry }
  | { cursor: string; kind: 'log'; line: string }
  | { cursor: string; kind: 'end'; deployment: Deployment };

/** What Prometheus is to scrape of one environment. */
export interface EnvironmentTargets extends EnvironmentKey {
  targets: ScrapeTarget[];
}
