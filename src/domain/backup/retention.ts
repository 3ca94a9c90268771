/** How many backups stay: the newest, and the newest of each of so many days, weeks and months that have one. */
export interface Keep {
  last: number;
  daily: number;
  weekly: number;
  monthly: number;
}

export interface DatedBackup {
  id: string;
  createdAt: Date;
}

/**
 * Which backups may be removed (grandfather, father, son). The newest always stays, whatever is asked for. Days, weeks (from
 * Monday) and months are those of UTC.
 * @param backups good ones only: a damaged one must not take a good one's place
 * @returns ids, the oldest first
 */
export function expired(backups: readonly DatedBackup[], keep: Keep): string[] {
  const newestFirst = [...backups].sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime());
  const kept = new Set(newestFirst.slice(0, Math.max(1, keep.last)).map(({ id }) => id));
  for (const { count, periodOf } of periods(keep))
    for (const id of newestOfEach(newestFirst, count, periodOf)) kept.add(id);
  return newestFirst
    .filter(({ id }) => !kept.has(id))
    .map(({ id }) => id)
    .reverse();
}

const periods = ({ daily, weekly, monthly }: Keep) => [
  { count: daily, periodOf: (date: Date) => date.toISOString().slice(0, 10) },
  { count: weekly, periodOf: weekOf },
  { count: monthly, periodOf: (date: Date) => date.toISOString().slice(0, 7) },
];

function newestOfEach(
  newestFirst: readonly DatedBackup[],
  count: number,
  periodOf: (date: Date) => string,
): string[] {
  const byPeriod = new Map<string, string>();
  for (const { id, createdAt } of newestFirst) {
    const period = periodOf(createdAt);
    if (byPeriod.has(period)) continue;
    if (byPeriod.size >= count) break;
    byPeriod.set(period, id);
  }
  return [...byPeriod.values()];
}

const dayMs = 86_400_000;

/** The Monday that a week began with. 1970-01-01 was a Thursday. */
const weekOf = (date: Date): string => String(Math.floor((Math.floor(date.getTime() / dayMs) + 3) / 7));
