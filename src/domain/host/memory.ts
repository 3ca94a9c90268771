/** What one service of the bundle, or one app's environment, may take. */
export interface ServiceMemory {
  service: string;
  /** Part of the bundle, e.g. `main`, or `apps`. */
  part: string;
  /** Compose profiles; a service without any always runs. */
  profiles: readonly string[];
  replicas: number;
  /** Of each replica, in bytes; null when the file sets none. */
  limitBytes: number | null;
  reservationBytes: number | null;
  /** Replicas more while a deployment is under way: 1 with start-first. */
  surge: number;
}

export interface MemoryRow {
  /** A profile, or `always`. */
  profile: string;
  services: number;
  limitBytes: number;
  reservationBytes: number;
  /** On top while apps are deployed. */
  surgeBytes: number;
}

export interface MemorySum {
  rows: MemoryRow[];
  /** Of all that runs under the active profiles, each service once. */
  limitBytes: number;
  reservationBytes: number;
  surgeBytes: number;
  /** One sentence for each service that could take everything. */
  problems: string[];
}

/**
 * Adds up limits × replicas. A service with several active profiles runs once: the first of them counts it.
 * @param active profiles, as COMPOSE_PROFILES has them
 */
export function sumMemory(services: readonly ServiceMemory[], active: readonly string[]): MemorySum {
  const running = services.flatMap((service) => {
    const profile =
      service.profiles.length === 0 ? 'always' : service.profiles.find((one) => active.includes(one));
    return profile === undefined ? [] : [{ ...service, profile }];
  });
  const profiles = [...new Set(running.map(({ profile }) => profile))].sort();
  const rows = profiles.map((profile) =>
    rowOf(
      profile,
      running.filter((one) => one.profile === profile),
    ),
  );
  return {
    rows,
    limitBytes: total(rows.map(({ limitBytes }) => limitBytes)),
    reservationBytes: total(rows.map(({ reservationBytes }) => reservationBytes)),
    surgeBytes: total(rows.map(({ surgeBytes }) => surgeBytes)),
    problems: running.flatMap(({ part, service, limitBytes, reservationBytes }) => [
      ...(limitBytes === null
        ? [`${part}/${service} has no memory limit: it could take all of the machine’s.`]
        : []),
      ...(limitBytes !== null && (reservationBytes ?? 0) > limitBytes
        ? [`${part}/${service} reserves more memory than its limit.`]
        : []),
    ]),
  };
}

function rowOf(profile: string, services: readonly ServiceMemory[]): MemoryRow {
  const times = (
    bytes: (service: ServiceMemory) => number | null,
    replicas = (one: ServiceMemory) => one.replicas,
  ) => total(services.map((service) => (bytes(service) ?? 0) * replicas(service)));
  return {
    profile,
    services: services.length,
    limitBytes: times(({ limitBytes }) => limitBytes),
    reservationBytes: times(({ reservationBytes }) => reservationBytes),
    surgeBytes: times(
      ({ limitBytes }) => limitBytes,
      ({ surge }) => surge,
    ),
  };
}

/** Why a machine with so much memory is too small; undefined when it is not. */
export function memoryShortage(sum: MemorySum, machineBytes: number): string | undefined {
  const needed = sum.limitBytes + sum.surgeBytes;
  if (needed <= machineBytes) return undefined;
  const surge = sum.surgeBytes > 0 ? ` (${mebibytes(sum.surgeBytes)} of it while apps are deployed)` : '';
  return `All limits together are ${mebibytes(needed)}${surge}, and the machine has ${mebibytes(machineBytes)}.`;
}

/** `768 MB`, in units of 2^20 bytes as Docker counts them. */
export const mebibytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

const total = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
