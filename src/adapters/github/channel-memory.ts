import { z } from 'zod';

const memorySchema = z.object({
  /** GitHub's deployment, and the commit it is of. */
  made: z.object({ id: z.string(), sha: z.string() }).nullable(),
  /** The deployment status that was said last. */
  said: z.string().nullable(),
  /** The commit that was given a status, and which. */
  commit: z.object({ sha: z.string(), said: z.string() }).nullable(),
});

/** What the channel remembers of one Siskin deployment. It only spares requests: whatever it lacks, GitHub is asked. */
export type ChannelMemory = z.infer<typeof memorySchema>;

export const readMemory = (memory: unknown): ChannelMemory => {
  const parsed = memorySchema.safeParse(memory);
  return parsed.success ? parsed.data : { made: null, said: null, commit: null };
};
