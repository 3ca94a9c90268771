import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Decrypter, Encrypter } from 'age-encryption';
import { z } from 'zod';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { secretNamePattern } from '../../domain/secrets.ts';
import type { Identity } from './identity.ts';

const longestFile = 16 * 1024 * 1024;

const contentSchema = z.object({
  version: z.literal(1),
  /** Whose file it is, so that one environment's cannot be put in the place of another's. */
  app: z.string(),
  environment: z.string().nullable(),
  secrets: z.record(
    z.string().regex(secretNamePattern),
    z.object({ value: z.string(), changedAt: z.string(), via: z.enum(['stdin', 'prompt', 'import']) }),
  ),
  /** Values of before: containers that still run may print them, and they must be masked all the same. */
  former: z.array(z.string()),
});
export type SealedContent = z.infer<typeof contentSchema>;

/** @returns null when there is no such file @throws SiskinError SECRETS_UNREADABLE */
export async function readSealed(
  path: string,
  { identity }: Identity,
  owner: { app: string; environment: string | null },
): Promise<SealedContent | null> {
  const bytes = await readBounded(path);
  if (bytes === null) return null;
  const content = contentSchema.safeParse(await decrypted(path, bytes, identity));
  if (!content.success) throw unreadable(path, 'it does not hold what Siskin writes');
  const { app, environment } = content.data;
  if (app !== owner.app || environment !== owner.environment)
    throw unreadable(path, `it is the one of ${app}${environment === null ? '' : `/${environment}`}`);
  return content.data;
}

/** Writes the whole file or leaves the old one as it is; only the owner may read it. */
export async function writeSealed(
  path: string,
  { recipient }: Identity,
  content: SealedContent,
): Promise<void> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const bytes = await encrypter.encrypt(JSON.stringify(content));
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomUUID()}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function readBounded(path: string): Promise<Buffer | null> {
  try {
    if ((await stat(path)).size > longestFile) throw unreadable(path, 'it is larger than 16 MB');
    return await readFile(path);
  } catch (error) {
    if (error instanceof SiskinError) throw error;
    if (codeOf(error) === 'ENOENT') return null;
    throw unreadable(path, messageOf(error));
  }
}

async function decrypted(path: string, bytes: Buffer, identity: string): Promise<unknown> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return JSON.parse(await decrypter.decrypt(bytes, 'text'));
  } catch (error) {
    const other = messageOf(error).includes('no identity matched');
    throw unreadable(path, other ? 'it was made with another identity' : 'it is damaged or was changed');
  }
}

const unreadable = (path: string, why: string): SiskinError =>
  new SiskinError('SECRETS_UNREADABLE', `the secrets in ${path} cannot be opened: ${why}`);
