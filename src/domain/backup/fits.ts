import type { DatabaseKind, SavedDatabase } from './manifest.ts';

/**
 * Why a saved database may not be restored into a server; null when it may. A dump goes into the same version or a newer one:
 * no program reads what a newer one wrote.
 * @param server its kind and the version that it tells, such as `15.18 (Debian 15.18-0+deb12u1)`
 */
export function misfit(
  saved: Pick<SavedDatabase, 'name' | 'kind' | 'version'>,
  server: { kind: DatabaseKind; version: string },
): string | null {
  if (saved.kind !== server.kind)
    return `${saved.name} was saved from ${titles[saved.kind]}, and the container runs ${titles[server.kind]}`;
  const [from, to] = [majorOf(saved.version), majorOf(server.version)];
  if (from === null || to === null || from <= to) return null;
  return `${saved.name} was saved from ${titles[saved.kind]} ${from}, and the container runs ${to}: restore into ${from} or newer`;
}

const majorOf = (version: string): number | null => {
  const [digits] = /^\d+/.exec(version.trim()) ?? [];
  return digits === undefined ? null : Number(digits);
};

const titles = { postgres: 'PostgreSQL', mysql: 'MySQL', mariadb: 'MariaDB' };
