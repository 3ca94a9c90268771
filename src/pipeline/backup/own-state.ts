import { z } from 'zod';
import type { SavedState } from '../../domain/backup/manifest.ts';
import { messageOf, SiskinError } from '../../domain/errors/siskin-error.ts';
import { gunzipped, gzipped } from './gzip.ts';
import type { BackupDraft, BackupShelf, Chunks, OwnRecord, OwnState, SealedFile, Tell } from './ports.ts';

/** Saves Siskin's records as they are at one moment, its secrets as they lie encrypted, and siskin.yaml. */
export async function saveOwnState(
  { records, secretFiles, configFile }: OwnState,
  write: BackupDraft['write'],
): Promise<SavedState> {
  const { version, all } = await records.read();
  const written = await write('siskin-records.ndjson.gz', gzipped(linesOf(all)));
  const secrets: SavedState['secrets'] = [];
  for (const { app, environment, bytes } of await secretFiles.list())
    secrets.push({
      ...(await write(`siskin-secrets.${app}.${environment}.age`, once(bytes))),
      app,
      environment,
    });
  const config = await write('siskin.yaml', configFile());
  return { records: { ...written, count: all.length, redis: version }, secrets, config };
}

/**
 * Brings a backup's records and secrets back to a Siskin that has none, and does not run. Its siskin.yaml stays in the
 * backup: without one this could not be called.
 * @throws SiskinError RESTORE_REFUSED when there are records or other secrets already; then nothing was changed; RESTORE_FAILED
 */
export async function restoreOwnState(
  { records, secretFiles }: OwnState,
  shelf: Pick<BackupShelf, 'open'>,
  { id, state }: { id: string; state: SavedState },
  tell: Tell,
): Promise<void> {
  const all = await recordsIn(gunzipped(shelf.open(id, state.records)));
  if (all.length !== state.records.count)
    throw new SiskinError(
      'RESTORE_FAILED',
      `${id} holds ${all.length} records instead of ${state.records.count}`,
    );
  const wanted = await Promise.all(
    state.secrets.map(async (saved) => ({ ...saved, bytes: await joined(shelf.open(id, saved)) })),
  );
  const missing = await notThereYet({ records, secretFiles }, wanted);
  for (const { app, environment, bytes } of missing) await secretFiles.add({ app, environment, bytes });
  tell(`${wanted.length} files of secrets: restored`);
  // last, and all at once: before it there is no Siskin, and the same restore can be run again
  await records.add(all);
  tell(`${all.length} records of Siskin: restored`);
}

/** Files that a restore which broke off brought already are no reason to refuse. */
async function notThereYet(
  { records, secretFiles }: Pick<OwnState, 'records' | 'secretFiles'>,
  wanted: readonly SealedFile[],
): Promise<SealedFile[]> {
  const { all } = await records.read();
  const present = await secretFiles.list();
  const same = (one: SealedFile, other: SealedFile) =>
    one.app === other.app && one.environment === other.environment;
  const others = present.filter((file) => {
    const saved = wanted.find((one) => same(one, file));
    return !saved || Buffer.compare(saved.bytes, file.bytes) !== 0;
  });
  if (all.length + others.length > 0)
    throw new SiskinError(
      'RESTORE_REFUSED',
      `this Siskin has ${all.length} records and ${others.length} other files of secrets already`,
      { hint: 'Its state is restored into a new dataDir and an empty Redis only.' },
    );
  return wanted.filter((one) => !present.some((other) => same(one, other)));
}

async function* linesOf(records: readonly OwnRecord[]): AsyncGenerator<Uint8Array> {
  for (const { key, ttlMs, dump } of records)
    yield Buffer.from(`${JSON.stringify({ key, ttlMs, dump: Buffer.from(dump).toString('base64') })}\n`);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Far more than histories of thousands of deployments take; a file of zeros unpacks to a thousand times its size. */
const longestFile = 512 * 2 ** 20;

async function joined(chunks: Chunks): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > longestFile) throw new Error(`more than ${longestFile / 2 ** 20} MB`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** @throws SiskinError RESTORE_FAILED for what saveOwnState has not written */
async function recordsIn(chunks: Chunks): Promise<OwnRecord[]> {
  try {
    const lines = (await joined(chunks)).toString('utf8').split('\n');
    return lines.filter((line) => line !== '').map(recordOf);
  } catch (error) {
    throw new SiskinError('RESTORE_FAILED', `the saved records cannot be read: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function recordOf(line: string): OwnRecord {
  const { key, ttlMs, dump } = recordSchema.parse(JSON.parse(line));
  return { key, ttlMs, dump: Buffer.from(dump, 'base64') };
}

/** One line of siskin-records.ndjson. */
const recordSchema = z.object({
  key: z.string().min(1),
  ttlMs: z.int().positive().nullable(),
  dump: z.base64(),
});
