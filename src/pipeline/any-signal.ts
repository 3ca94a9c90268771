/**
 * A signal that is aborted with the first of these, for its reason.
 *
 * `AbortSignal.any` is not used: on Node 20 its result may be collected while somebody still listens to it, and then a
 * time-out among its sources never comes (measured: a probe that waited for ever).
 */
export function anySignal(sources: readonly AbortSignal[]): AbortSignal {
  const any = new AbortController();
  for (const source of sources) {
    if (source.aborted) any.abort(source.reason);
    else source.addEventListener('abort', () => any.abort(source.reason), { once: true, signal: any.signal });
  }
  return any.signal;
}
