import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ApiToken } from '../src/api/ports.ts';

/** The token by which this machine's CLI may do everything; made once, readable by Siskin's user alone. */
export async function cliToken(dataDir: string): Promise<{ token: string; entry: ApiToken }> {
  const token = await readOrMake(join(dataDir, 'cli-token'));
  const hash = createHash('sha256').update(token).digest('hex');
  return { token, entry: { name: 'cli', role: 'admin', hash, ofCommandLine: true } };
}

async function readOrMake(file: string): Promise<string> {
  const kept = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (kept !== '') return kept;
  const token = randomBytes(32).toString('base64url');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}
