/** A time of the day, in the host's own time zone. */
export interface TimeOfDay {
  hour: number;
  minute: number;
}

/** The newest moment of this time of day that is not after `now`. A time that a change of clocks skips is an hour later. */
export function lastSlot({ hour, minute }: TimeOfDay, now: Date): Date {
  const today = new Date(now);
  today.setHours(hour, minute, 0, 0);
  if (today <= now) return today;
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  yesterday.setHours(hour, minute, 0, 0);
  return yesterday;
}

/** The first moment of this time of day after `now`. */
export function nextSlot({ hour, minute }: TimeOfDay, now: Date): Date {
  for (let ahead = 0; ; ahead++) {
    const day = new Date(now);
    day.setDate(day.getDate() + ahead);
    day.setHours(hour, minute, 0, 0);
    if (day > now) return day;
  }
}

/**
 * Whether a run is due: its time has come since the last one began. Runs that were missed while the host was off are made
 * up for by one. One that never ran waits for its time: the first start of Siskin is no missed run.
 * @param lastBegan of any run, good or failed; null when there was none
 * @param since when this schedule was first seen
 */
export function isDue(at: TimeOfDay, lastBegan: Date | null, since: Date, now: Date): boolean {
  return lastSlot(at, now) > (lastBegan ?? since);
}
