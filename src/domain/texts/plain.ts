const [esc, bell] = [String.fromCharCode(27), String.fromCharCode(7)];
/** Colours, cursor movements and titles or links (OSC), as terminals obey them. */
const ansi = new RegExp(
  `${esc}(\\[[0-?]*[ -/]*[@-~]?|\\][^${bell}${esc}]*(${bell}|${esc}\\\\)?|[@-Z\\\\-_])`,
  'g',
);
/** Controls, invisible formatting (bidirectional overrides too), private use and lone surrogates; not what joins emoji. */
const unseen = /(?!\u200d)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

/**
 * A text from outside as one line of what can be seen (THREATS row 23).
 * @param longest UTF-16 units; what is cut ends with an ellipsis
 */
export function plainLine(text: string, longest: number): string {
  // Only so much is looked at: what comes from outside may be megabytes.
  const seen = text
    .slice(0, 16 * longest)
    .replace(ansi, '')
    .replace(/\s+/g, ' ')
    .replace(unseen, '')
    .trim();
  return shortened(seen, longest);
}

/** The same for a line of a log, whose spaces stay. */
export const plainLogLine = (line: string, longest: number): string =>
  shortened(
    line
      .slice(0, 16 * longest)
      .replace(ansi, '')
      .replace(/\t/g, '  ')
      .replace(unseen, '')
      .trimEnd(),
    longest,
  );

/** @param longest UTF-16 units, the ellipsis among them; no character is cut in two */
export function shortened(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const whole = text.slice(0, longest - 1);
  return `${/[\ud800-\udbff]$/.test(whole) ? whole.slice(0, -1) : whole}…`;
}
