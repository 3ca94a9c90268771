import type { EnvironmentKey } from './names.ts';
import type { ServiceSpec } from './service-spec.ts';

/** A deployment's life: see release-state.ts for which may follow which. */
export const deploymentStates = [
  'queued',
  'fetching',
  'building',
  'preparing',
  'canary',
  'rolling',
  'watching',
  'held',
  'frozen',
  'succeeded',
  'rolled_back',
  'failed',
  'cancelled',
  'superseded',
] as const;
export type DeploymentState = (typeof deploymentStates)[number];

export const isDeploymentState = (text: string): text is DeploymentState =>
  (deploymentStates as readonly string[]).includes(text);

export const endStates = ['succeeded', 'rolled_back', 'failed', 'cancelled', 'superseded'] as const;
export type EndState = (typeof endStates)[number];
export const isEndState = (state: DeploymentState): state is EndState =>
  (endStates as readonly string[]).includes(state);

/** Who asked: a GitHub pusher, an API token by its name, a person in Slack, a user of the server's own command line, Siskin itself. */
export const actorKinds = ['github', 'api', 'slack', 'cli', 'siskin'] as const;
export interface Actor {
  kind: (typeof actorKinds)[number];
  name: string;
}

/** What a deployment is to bring: the head of the branch, one commit of it, or a release that is kept. */
export type DeploymentTarget =
  | { kind: 'branch'; pushedSha: string | null; forced: boolean }
  | { kind: 'commit'; sha: string }
  | { kind: 'release'; release: number };

/** One attempt to make an environment run a release. `d42` identifies it. Times are ISO 8601, UTC. */
export interface Deployment extends EnvironmentKey {
  id: string;
  branch: string;
  target: DeploymentTarget;
  actor: Actor;
  state: DeploymentState;
  /** One sentence a person understands; null while it goes well. */
  reason: string | null;
  /** The commit that was fetched; null before that. */
  sha: string | null;
  title: string | null;
  author: string | null;
  /** null until the release is known, i.e. after the fetch. */
  release: number | null;
  /** The release that served when the rollout began. */
  baseline: number | null;
  supersededBy: string | null;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** One service of a release. */
export interface ReleasePart {
  spec: ServiceSpec;
  image: string;
  /** The image's content id; null until it is built. */
  imageId: string | null;
}

/** One commit built into one image per service for one environment. Immutable once built. */
export interface Release extends EnvironmentKey {
  release: number;
  sha: string;
  title: string;
  author: string;
  /** In the order in which they are rolled out; never empty. */
  services: ReleasePart[];
  /** Hash of all specs: the same commit under other specs is another release. */
  specHash: string;
  deployment: string;
  createdAt: string;
  /** Set when a deployment of it succeeded: going back to it needs no canary. */
  servedWell: boolean;
}
