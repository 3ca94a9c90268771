import type { Deployment } from './deployment.ts';
import type { JournalEntry } from './journal.ts';

/** Takes secrets out of a text. */
export type Mask = (text: string) => string;

/** Its reason masked. */
export const maskedDeployment = <T extends Partial<Deployment>>(deployment: T, mask: Mask): T =>
  typeof deployment.reason === 'string' ? { ...deployment, reason: mask(deployment.reason) } : deployment;

/** Sentences only: names of steps and replicas are read again, and must stay what they are. */
export function maskedEntry(entry: JournalEntry, mask: Mask): JournalEntry {
  const { event } = entry;
  const sentences = {
    ...('detail' in event && event.detail !== undefined && { detail: mask(event.detail) }),
    ...('reason' in event && event.reason !== undefined && { reason: mask(event.reason) }),
  };
  return { ...entry, event: { ...event, ...sentences } };
}
