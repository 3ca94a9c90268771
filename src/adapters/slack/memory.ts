import { z } from 'zod';

const schema = z.object({
  /** Where the message is; a channel changed in siskin.yaml is for later deployments. */
  channel: z.string(),
  /** The message's timestamp, which is its id; null before it is posted. */
  ts: z.string().nullable(),
  /** What is being posted: it may be there or not. */
  posting: z.string().nullable(),
  /** Of the message as Slack last took it. */
  hash: z.string().nullable(),
  /** The parts of the thread that are posted. */
  parts: z.array(z.string()),
});

/** What is remembered of one deployment's message. */
export type SlackMemory = z.infer<typeof schema>;

/** The part that is the message itself. */
export const messagePart = 'message';

/**
 * @param channel where a new message goes
 * @returns for a memory that cannot be read, one that looks for its message before it posts another
 */
export function readMemory(memory: unknown, channel: string): SlackMemory {
  const fresh = { channel, ts: null, hash: null, parts: [] };
  if (memory === null || memory === undefined) return { ...fresh, posting: null };
  const known = schema.safeParse(memory);
  return known.success ? known.data : { ...fresh, posting: messagePart };
}
