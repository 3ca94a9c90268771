/** What each step of a build may take of the host. */
export interface StepLimits {
  memoryBytes?: number;
  nanoCpus?: number;
}

const periodMicroseconds = 100_000;

/** Whether a build goes without BuildKit, which heeds no limits of a request (docs/adr/0014). */
export const isLimited = ({ memoryBytes, nanoCpus }: StepLimits): boolean =>
  memoryBytes !== undefined || nanoCpus !== undefined;

/** The limits as `POST /build` has them. Swap is none: a step that takes more is killed, not slowed down. */
export const limitParameters = ({ memoryBytes, nanoCpus }: StepLimits) => ({
  ...(memoryBytes !== undefined && { memory: memoryBytes, memswap: memoryBytes }),
  ...(nanoCpus !== undefined && {
    cpuperiod: periodMicroseconds,
    cpuquota: Math.max(1_000, Math.round((nanoCpus / 1e9) * periodMicroseconds)),
  }),
});

/** What the engine's words do not say of a limited build that failed; empty when they say enough. */
export function limitHint(words: string, { memoryBytes }: StepLimits): string {
  if (memoryBytes !== undefined && /non-zero code: 137$/.test(words)) {
    const megabytes = Math.round(memoryBytes / 2 ** 20);
    return `: it was killed, as a step is that takes more than build.memory of siskin.yaml (${megabytes} MB)`;
  }
  if (/requires BuildKit|dockerfile parse error|unknown flag/i.test(words))
    return '; build.memory and build.cpus of siskin.yaml build without BuildKit, so without RUN --mount, COPY --chmod, here-documents and syntax lines';
  return '';
}
