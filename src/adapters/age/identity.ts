import { constants } from 'node:fs';
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { codeOf } from '../../domain/errors/code-of.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { isExposed, modeText } from '../../domain/file-mode.ts';

const longestFile = 16 * 1024;

/** What opens the secrets, and what they are encrypted to. */
export interface Identity {
  /** `AGE-SECRET-KEY-1…` */
  identity: string;
  /** `age1…` */
  recipient: string;
}

/**
 * Makes an identity in the form of age-keygen(1), so that age itself opens the files too.
 * @param file must not exist @returns its recipient
 * @throws SiskinError SECRETS_IDENTITY_UNUSABLE when something is there already
 */
export async function makeIdentity(file: string, now: Date): Promise<string> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY;
  const handle = await open(file, flags, 0o600).catch((error: unknown) => {
    throw new SiskinError('SECRETS_IDENTITY_UNUSABLE', `${file} was not written: ${messageOf(error)}`, {
      hint: 'An identity is never overwritten: the secrets made with it could not be opened any more.',
      cause: error,
    });
  });
  try {
    await handle.writeFile(`# created: ${now.toISOString()}\n# public key: ${recipient}\n${identity}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return recipient;
}

/** @throws SiskinError SECRETS_IDENTITY_MISSING, SECRETS_IDENTITY_UNUSABLE */
export async function readIdentity(file: string): Promise<Identity> {
  const found = await stat(file).catch((error: unknown) => {
    if (isMissing(error)) throw new SiskinError('SECRETS_IDENTITY_MISSING', `there is no identity ${file}`);
    throw unusable(file, messageOf(error));
  });
  if (!found.isFile() || found.size > longestFile) throw unusable(file, 'is no file of an identity');
  if (isExposed(found.mode, 'owner'))
    throw unusable(file, `may be read by others (mode ${modeText(found.mode)})`);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusable(file, messageOf(error));
  });
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const [identity = ''] = lines;
  if (lines.length !== 1 || !/^AGE-SECRET-KEY-1[0-9A-Z]+$/.test(identity))
    throw unusable(file, 'does not hold one line AGE-SECRET-KEY-1…');
  try {
    return { identity, recipient: await identityToRecipient(identity) };
  } catch {
    // the library's words may quote the key
    throw unusable(file, 'holds a key that is damaged');
  }
}

const unusable = (file: string, why: string): SiskinError =>
  new SiskinError('SECRETS_IDENTITY_UNUSABLE', `the identity ${file} ${why}`);

const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';
