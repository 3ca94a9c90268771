import type { EnvironmentKey } from './names.ts';
import { shaPattern } from './names.ts';
import { type PushedRepository, repositoryMatches } from './repository-identity.ts';

/** What a push event says, as parsed from GitHub's payload. Every field is data from outside. */
export interface PushEvent {
  ref: string;
  before: string;
  after: string;
  created: boolean;
  deleted: boolean;
  forced: boolean;
  /** null when the branch was deleted. */
  headCommit: { message: string; author: string } | null;
  repository: PushedRepository;
}

/** A configured app, as far as a push is concerned. */
export interface TrackedApp {
  app: string;
  /** The operator's address of the repository: a URL, an scp-like address or a path. */
  repository: string;
  environments: TrackedEnvironment[];
}

export interface TrackedEnvironment {
  environment: string;
  branch: string;
  forcedPushes: 'allow' | 'refuse';
}

export type IgnoreReason =
  | 'unknown-repository'
  | 'not-a-branch'
  | 'branch-deleted'
  | 'invalid-ref'
  | 'invalid-sha'
  | 'other-branch'
  | 'skip-requested'
  | 'forced-push-refused';

export interface AcceptedPush extends EnvironmentKey {
  kind: 'accept';
  branch: string;
  sha: string;
  forced: boolean;
  /** The first line of the head commit's message, at most 200 characters. */
  title: string;
  author: string;
}

export interface IgnoredPush {
  kind: 'ignore';
  /** null when no configured app has this repository. */
  app: string | null;
  environment: string | null;
  reason: IgnoreReason;
  /** The reason as a sentence. */
  detail: string;
}

export type PushDecision = AcceptedPush | IgnoredPush;

/**
 * Decides, for every environment whose app has the pushed repository, whether the push is deployed.
 * @returns one decision per such environment; a single `unknown-repository` when there is none
 */
export function decidePush(event: PushEvent, apps: readonly TrackedApp[]): PushDecision[] {
  const known = apps.filter((app) => repositoryMatches(app.repository, event.repository));
  if (known.length === 0) return [ignoreUnknownRepository(event)];
  return known.flatMap(({ app, environments }) =>
    environments.map((environment) => decideForEnvironment(event, app, environment)),
  );
}

/** The same for one environment of an app whose repository it is known to be. */
export function decideForEnvironment(
  event: PushEvent,
  app: string,
  environment: TrackedEnvironment,
): PushDecision {
  const refusal = refuse(event, environment);
  return refusal
    ? { kind: 'ignore', app, environment: environment.environment, ...refusal }
    : accept(event, app, environment);
}

type Refusal = Pick<IgnoredPush, 'reason' | 'detail'>;

function refuse(event: PushEvent, { branch, forcedPushes }: TrackedEnvironment): Refusal | null {
  if (!isPlainRef(event.ref)) return { reason: 'invalid-ref', detail: 'The ref is not one that Git allows.' };
  if (!event.ref.startsWith(branchPrefix)) {
    return { reason: 'not-a-branch', detail: `${event.ref} is not a branch.` };
  }
  if (event.ref !== branchPrefix + branch) {
    return { reason: 'other-branch', detail: `${event.ref} is not the tracked branch ${branch}.` };
  }
  if (event.deleted || event.after === zeroSha) {
    return { reason: 'branch-deleted', detail: `${branch} was deleted; what runs goes on.` };
  }
  if (!shaPattern.test(event.after)) {
    return { reason: 'invalid-sha', detail: 'The pushed commit is not a full Git object id.' };
  }
  const marker = skipMarkerIn(event.headCommit?.message ?? '');
  if (marker) return { reason: 'skip-requested', detail: `The head commit's message says ${marker}.` };
  if (event.forced && forcedPushes === 'refuse') {
    return { reason: 'forced-push-refused', detail: `Forced pushes to ${branch} are not deployed here.` };
  }
  return null;
}

const branchPrefix = 'refs/heads/';
const zeroSha = '0'.repeat(40);

/** Not more than is needed to quote the ref in an answer: acceptance is by equality with the configured branch. */
const isPlainRef = (ref: string): boolean =>
  ref.length <= 255 && /^refs\/[^\s\p{Cc}~^:?*[\\]+$/u.test(ref) && !/\.\.|@\{|\/\/|\/-/.test(ref);

const skipMarkers = ['[skip ci]', '[ci skip]', '[no ci]', '[skip deploy]'];

/** GitHub's own markers for Actions, which a webhook's receiver has to honour itself, and Siskin's. */
const skipMarkerIn = (message: string): string | undefined => {
  const lower = message.toLowerCase();
  return skipMarkers.find((marker) => lower.includes(marker));
};

const accept = (event: PushEvent, app: string, environment: TrackedEnvironment): AcceptedPush => ({
  kind: 'accept',
  app,
  environment: environment.environment,
  branch: environment.branch,
  sha: event.after,
  forced: event.forced,
  title: oneLine(event.headCommit?.message ?? '', 200),
  author: oneLine(event.headCommit?.author ?? '', 100),
});

const ignoreUnknownRepository = (event: PushEvent): IgnoredPush => ({
  kind: 'ignore',
  app: null,
  environment: null,
  reason: 'unknown-repository',
  detail: `No app has the repository ${oneLine(event.repository.fullName, 200)}.`,
});

/** The first line, without control characters, at most `length` characters. */
const oneLine = (text: string, length: number): string =>
  Array.from((text.slice(0, 4 * length).split(/\r?\n/, 1)[0] ?? '').replace(/\p{Cc}/gu, ' ').trim())
    .slice(0, length)
    .join('');
