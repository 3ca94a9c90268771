/** A certificate as it was found, with the hosts it is good for. */
export interface FoundCertificate {
  /** Name of its folder. */
  name: string;
  /** When it expires, in ms since 1970. */
  expiresAt: number;
  covers: (host: string) => boolean;
}

/** The certificate for a host: of its own folder, else the one that covers it and lasts longest. */
export function chooseCertificate<Found extends FoundCertificate>(
  host: string,
  certificates: readonly Found[],
): Found | undefined {
  const own = certificates.find(({ name, covers }) => name === host && covers(host));
  if (own) return own;
  return certificates
    .filter(({ covers }) => covers(host))
    .sort((a, b) => b.expiresAt - a.expiresAt || (a.name < b.name ? -1 : 1))[0];
}

/** The two files of a host, by whose turn it is: a in the seconds 0-4 of ten, b in 5-9 (see deploy-templates/nginx). */
export type Turn = 'a' | 'b';

const turnMs = 5_000;
/** Beginning and end of a turn are left alone: a worker may have begun a handshake just before. */
const marginMs = 1_000;

/**
 * How long to wait until nobody begins to read a turn's file, and nobody can still be reading it.
 * @param nowMs by the wall clock, which nginx goes by
 * @returns ms, 0 when now is right
 */
export function untilReplaceable(turn: Turn, nowMs: number): number {
  const inPeriod = nowMs % (2 * turnMs);
  const from = (turn === 'a' ? turnMs : 0) + marginMs;
  const to = from + turnMs - 2 * marginMs;
  if (inPeriod >= from && inPeriod < to) return 0;
  return (from - inPeriod + 2 * turnMs) % (2 * turnMs);
}
