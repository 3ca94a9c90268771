import { backendName, type EnvironmentKey, releaseName } from './names.ts';

/** When a command of the app's own runs: before any traffic moves, or when the release serves. */
export type HookName = 'preDeploy' | 'postDeploy';

/** `x-siskin.hooks`: at least one of them is given. */
export interface HooksSpec {
  /** A program and its arguments. */
  preDeploy?: string[];
  postDeploy?: string[];
  /** How long each may take. */
  timeoutMs: number;
}

/** How a hook's container ended. */
export interface HookEnd {
  exitCode: number;
  oomKilled: boolean;
  /** It was stopped for it had not ended in its time. */
  timedOut: boolean;
  /** The last lines it printed: bounded, masked, without control characters. */
  tail: string[];
}

/** `siskin-shop-production-web-r12-d42-preDeploy`: no replica's name, and the same for every worker. */
export const hookContainer = (
  key: EnvironmentKey,
  { service, release, deployment, hook }: HookIdentity,
): string => `siskin-${backendName(key, service)}-${releaseName(release)}-${deployment}-${hook}`;

/** What tells one run of a hook from every other. */
export interface HookIdentity {
  service: string;
  release: number;
  deployment: string;
  hook: HookName;
}

/** How its step is named in the journal and in `siskin show`. */
export const hookStep = ({ hook, service, release }: Omit<HookIdentity, 'deployment'>): string =>
  `Hook ${hook} of ${service} ${releaseName(release)}`;

/** @returns why a hook failed, in one sentence with the last lines of what it printed; null when it went well */
export function hookFailure(hook: HookName, end: HookEnd, timeoutMs: number): string | null {
  const why = endedBadly(end, timeoutMs);
  if (why === null) return null;
  const last = end.tail.slice(-shownLines).join(' | ').slice(-shownLength);
  return `${hook} ${why}${last === '' ? ' and printed nothing' : `: ${last}`}`;
}

const shownLines = 3;
const shownLength = 400;

function endedBadly({ exitCode, oomKilled, timedOut }: HookEnd, timeoutMs: number): string | null {
  if (timedOut) return `did not end within ${timeoutMs / 1000} s and was stopped`;
  if (oomKilled) return `was killed, out of memory (exit code ${exitCode})`;
  if (exitCode > 128) return `was killed by signal ${exitCode - 128} (exit code ${exitCode})`;
  return exitCode === 0 ? null : `ended with exit code ${exitCode}`;
}
