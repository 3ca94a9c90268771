/** A stretch of wall-clock time, in ms since the epoch. */
export interface Span {
  from: number;
  to: number;
}

export const lengthOf = ({ from, to }: Span): number => Math.max(0, to - from);

/** The same time as spans that neither overlap nor touch, in order. Empty spans vanish. */
export function united(spans: readonly Span[]): Span[] {
  const result: Span[] = [];
  for (const { from, to } of spans.filter((span) => lengthOf(span) > 0).sort((a, b) => a.from - b.from)) {
    const last = result.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else result.push({ from, to });
  }
  return result;
}

/** What is left of the spans without the time of the others. */
export function without(spans: readonly Span[], others: readonly Span[]): Span[] {
  return united(others).reduce(
    (left, { from, to }) =>
      left
        .flatMap((span) => [
          { from: span.from, to: Math.min(span.to, from) },
          { from: Math.max(span.from, to), to: span.to },
        ])
        .filter((span) => lengthOf(span) > 0),
    united(spans),
  );
}

/** How much time the spans cover, in ms; what overlaps counts once. */
export const covered = (spans: readonly Span[]): number =>
  united(spans).reduce((total, span) => total + lengthOf(span), 0);
