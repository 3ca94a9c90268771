import { type EnvironmentKey, namePattern } from '../../domain/names.ts';

export type SlackCommand = { key: EnvironmentKey } & (
  | { verb: 'status' | 'history' | 'why' }
  | { verb: 'deploy'; sha?: string; release?: string }
  | { verb: 'rollback'; release: string | null }
);

/** Reads what stands after `/siskin`. @returns null for what it does not understand: then help is given */
export function readCommandLine(text: string): SlackCommand | null {
  const [verb = '', app = '', environment = '', what, ...more] = text.trim().toLowerCase().split(/\s+/);
  if (more.length > 0 || !namePattern.test(app) || !namePattern.test(environment)) return null;
  const key = { app, environment };
  const release = what !== undefined && /^r[1-9]\d{0,8}$/.test(what) ? what : undefined;
  if (verb === 'status' || verb === 'history' || verb === 'why')
    return what === undefined ? { verb, key } : null;
  if (what !== undefined && release === undefined) {
    return verb === 'deploy' && /^[0-9a-f]{40}$/.test(what) ? { verb, key, sha: what } : null;
  }
  if (verb === 'rollback') return { verb, key, release: release ?? null };
  return verb === 'deploy' ? { verb, key, ...(release !== undefined && { release }) } : null;
}
