import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SiskinError } from '../domain/errors/siskin-error.ts';
import { readPrivateFile } from './private-file.ts';

/**
 * The private key of a GitHub App, as GitHub gives it for download (PEM, RSA).
 * @throws SiskinError KEY_FILE_EXPOSED, CONFIG_UNREADABLE; KEY_FILE_INVALID when it holds no such key
 */
export async function readGithubAppKey(path: string): Promise<string> {
  const text = await readPrivateFile(path);
  if (keyIn(text)?.asymmetricKeyType === 'rsa') return text;
  const message = `${path} holds no RSA private key as PEM`;
  throw new SiskinError('KEY_FILE_INVALID', message, { location: { file: path } });
}

function keyIn(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}
