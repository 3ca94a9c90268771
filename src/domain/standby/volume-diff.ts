/** Checksums of a volume's files by their path in it, relative, `a/b.txt`. */
export type Checksums = ReadonlyMap<string, string>;

export interface VolumeDiff {
  /** Files that are missing there, or are others. */
  send: string[];
  /** Files there that are gone here. */
  remove: string[];
}

/** What makes `there` hold what `here` holds. */
export const volumeDiff = (here: Checksums, there: Checksums): VolumeDiff => ({
  send: [...here].filter(([path, sum]) => there.get(path) !== sum).map(([path]) => path),
  remove: [...there.keys()].filter((path) => !here.has(path)),
});
