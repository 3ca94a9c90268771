import { z } from 'zod';
import type { IgnoredHead } from '../../domain/reconcile/missed-head.ts';
import { json, parsed } from './records.ts';

const ignoredHead = z.object({ branch: z.string(), sha: z.string(), reason: z.string() });

/** @param text as HGET gives it; null when the branch was left at no head */
export const readIgnoredHead = (text: string | null): IgnoredHead | null =>
  text === null ? null : parsed(ignoredHead, json(text));
