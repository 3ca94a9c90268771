import { type EnvironmentKey, environmentId } from '../../domain/names.ts';

/** Names of Siskin's keys. The Lua scripts make the same names from the prefix; Redis Cluster is not supported. */
export interface StoreKeys {
  prefix: string;
  /** BullMQ's own prefix; it adds `:queue:…` itself. */
  queues: string;
  environments: string;
  environment(key: EnvironmentKey): string;
  lease(key: EnvironmentKey): string;
  deployment(id: string): string;
  journal(id: string): string;
  log(id: string): string;
  commands(id: string): string;
  /** List of audit entries: what people did to the deployment. */
  people(id: string): string;
  /** Hash: what each channel was told of the deployment, and remembers. */
  notices(id: string): string;
  /** Hash: how often each deployment changed since it was told everywhere. */
  outbox: string;
  /** Set for as long as a channel wants to be left alone. */
  quiet(channel: string): string;
  releases(key: EnvironmentKey): string;
  /** Sorted set of deployment ids by number: of one environment, or of all. */
  history(key?: EnvironmentKey): string;
  /** Sorted set of the deployments that reached traffic in the last 30 days, by their end: what DORA figures need. */
  changes(key: EnvironmentKey): string;
  /** Hash of counters that all processes share. */
  figures(name: 'deployments' | 'stages' | 'reconcile' | 'notices'): string;
  audit: string;
  signal(key: EnvironmentKey): string;
}

export const storeKeys = (prefix: string): StoreKeys => ({
  prefix,
  queues: `${prefix}bull`,
  environments: `${prefix}environments`,
  environment: (key) => `${prefix}environment:${environmentId(key)}`,
  lease: (key) => `${prefix}lease:${environmentId(key)}`,
  deployment: (id) => `${prefix}deployment:${id}`,
  journal: (id) => `${prefix}deployment:${id}:journal`,
  log: (id) => `${prefix}deployment:${id}:log`,
  commands: (id) => `${prefix}deployment:${id}:commands`,
  people: (id) => `${prefix}deployment:${id}:people`,
  notices: (id) => `${prefix}deployment:${id}:notices`,
  outbox: `${prefix}outbox`,
  quiet: (channel) => `${prefix}quiet:${channel}`,
  releases: (key) => `${prefix}releases:${environmentId(key)}`,
  history: (key) => (key ? `${prefix}history:${environmentId(key)}` : `${prefix}history`),
  changes: (key) => `${prefix}changes:${environmentId(key)}`,
  figures: (name) => `${prefix}figures:${name}`,
  audit: `${prefix}audit`,
  signal: (key) => `${prefix}signal:${environmentId(key)}`,
});
