import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { covered, type Span, without } from './spans.ts';

/** One call of an adapter's method, as time-ports.ts writes it. */
export interface PortCall extends Span {
  /** `Replicas.start`. */
  method: string;
}

const portCall = z.object({ method: z.string(), from: z.number(), to: z.number() });

export async function readPortCalls(file: string): Promise<PortCall[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => portCall.parse(JSON.parse(line)));
}

export interface PortShare {
  method: string;
  /** How often it was called in the whole release. */
  calls: number;
  /** The time it took of Siskin's own share, in ms; calls at once of one method count once. */
  ownMs: number;
}

/**
 * How much of Siskin's own share of a release went into each method of an adapter, the largest first; `(no call)` is
 * time in which no adapter was at work: pauses between polls, and Node itself.
 *
 * @param whole the release
 * @param waits what of it is not Siskin's own
 */
export function portShares(calls: readonly PortCall[], whole: Span, waits: readonly Span[]): PortShare[] {
  const during = calls.filter(({ from, to }) => from < whole.to && to > whole.from);
  const outside = [
    ...waits,
    { from: Number.NEGATIVE_INFINITY, to: whole.from },
    { from: whole.to, to: Number.POSITIVE_INFINITY },
  ];
  const methods = [...new Set(during.map(({ method }) => method))];
  const shares = methods.map((method) => {
    const own = during.filter((call) => call.method === method);
    return { method, calls: own.length, ownMs: covered(without(own, outside)) };
  });
  const idle = { method: '(no call)', calls: 0, ownMs: covered(without([whole], [...waits, ...during])) };
  return [...shares, idle].sort((a, b) => b.ownMs - a.ownMs);
}
