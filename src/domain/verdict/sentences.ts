import type { TickCounts } from './counts.ts';

/** "2.1 s" */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** "4 of 4 canary requests failed (5xx), 0 of 9 on the old release" */
export const failed = ({ nc, ec, nb, eb }: TickCounts): string =>
  `${ec} of ${nc} canary requests failed (5xx)${nb > 0 ? `, ${eb} of ${nb} on the old release` : ''}`;

/** "with 95 % certainty below 22.1 %" */
export const atMost = (share: number): string => `with 95 % certainty below ${(share * 100).toFixed(1)} %`;
