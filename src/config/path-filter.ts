import picomatch from 'picomatch';

/** No extended globs: a name out of a repository must not keep a pattern busy. */
const options = { dot: true, noextglob: true, nonegate: true, maxLength: 1_000 };

/**
 * Whether a change of a path is to be deployed: the last pattern that fits decides, one with `!` before it leaves out. The
 * Compose file says what runs, so it counts unless a pattern leaves it out.
 *
 * @param patterns `web/**`, `!web/docs/**`; a folder with a slash behind it is all that is in it
 */
export function pathFilter(composeFile: string, patterns: readonly string[]): (path: string) => boolean {
  const rules = patterns.map((written) => {
    const wanted = !written.startsWith('!');
    const pattern = wanted ? written : written.slice(1);
    return { wanted, fits: picomatch(pattern.endsWith('/') ? `${pattern}**` : pattern, options) };
  });
  return (path) => rules.findLast(({ fits }) => fits(path))?.wanted ?? path === composeFile;
}
