/** A signal that is aborted with the first of several; `unlink` it when it is no longer of use. */
export interface LinkedSignal {
  signal: AbortSignal;
  /** Stops listening to the sources, which may live longer. */
  unlink: () => void;
}

/**
 * A signal that is aborted with the first of these, for its reason.
 *
 * `AbortSignal.any` is not used: on Node 20 its result may be collected while somebody still listens to it, and then a
 * time-out among its sources never comes (measured: a probe that waited for ever).
 */
export function anySignal(sources: readonly AbortSignal[]): LinkedSignal {
  const any = new AbortController();
  const links = sources.map((source) => ({ source, abort: () => any.abort(source.reason) }));
  for (const { source, abort } of links) {
    if (source.aborted) abort();
    else source.addEventListener('abort', abort, { once: true });
  }
  return {
    signal: any.signal,
    unlink: () => {
      for (const { source, abort } of links) source.removeEventListener('abort', abort);
    },
  };
}
