/**
 * A read whose answer is used again for a while, so that scrapes, however many, cost one read.
 * @param forMs how long; a read that failed is not remembered
 */
export function remembered<T>(
  read: () => Promise<T>,
  forMs: number,
  monotonicMs: () => number = () => performance.now(),
): () => Promise<T> {
  let last: { at: number; answer: Promise<T> } | null = null;
  return () => {
    if (last && monotonicMs() - last.at < forMs) return last.answer;
    const answer = read();
    const mine = { at: monotonicMs(), answer };
    last = mine;
    answer.catch(() => {
      if (last === mine) last = null;
    });
    return answer;
  };
}
