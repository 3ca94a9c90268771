import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Written by scripts/make-executable.mjs, the last step of a build that succeeded. */
const buildStamp = join('dist', '.built');

/** @returns 'match', 'missing' or 'stale' against package-lock.json */
export function modulesState(root) {
  const lock = readJson(join(root, 'package-lock.json'));
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null) return 'missing';
  return lock !== null && sameModules(lock, installed) ? 'match' : 'stale';
}

/**
 * Whether npm's record of what it installed holds exactly what the lock file names. Optional packages may be
 * absent: they are for other platforms.
 */
function sameModules(lock, installed) {
  const wanted = Object.entries(lock.packages ?? {}).filter(([path]) => path !== '');
  const have = installed.packages ?? {};
  const complete = wanted.every(([path, entry]) => {
    const other = have[path];
    if (other === undefined) return entry.optional === true || entry.devOptional === true;
    return other.version === entry.version && other.integrity === entry.integrity;
  });
  return complete && Object.keys(have).every((path) => path in lock.packages);
}

/** @returns 'fresh', 'missing' or 'stale': dist against the newest of the sources */
export function distState(root) {
  const built = mtime(join(root, buildStamp));
  if (built === null) return 'missing';
  const sources = ['src', 'workers', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  return sources.some((source) => newestIn(join(root, source)) > built) ? 'stale' : 'fresh';
}

/** The newest mtime (ms) below a path; folders count too, so that a deleted file is seen. */
function newestIn(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const below = readdirSync(path).map((name) => newestIn(join(path, name)));
  return Math.max(stat.mtimeMs, ...below);
}

const mtime = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null; // absent or half-written: as good as not installed
  }
}
