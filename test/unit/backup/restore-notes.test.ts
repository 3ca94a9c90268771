import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileBackupShelf } from '../../../src/adapters/backups/backup-shelf.ts';
import type { SavedVolume } from '../../../src/domain/backup/manifest.ts';
import { withNote, withoutRestored } from '../../../src/domain/backup/restore-notes.ts';
import { SiskinError } from '../../../src/domain/errors/siskin-error.ts';
import { type RestorePlan, restoreBackup } from '../../../src/pipeline/backup/restore-backup.ts';
import { type BackupWorld, takeBackup } from '../../../src/pipeline/backup/take-backup.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

async function* chunks(text: string) {
  yield Buffer.from(text);
}

const id = '20261125T020000Z-3f9a11c2';
const other = '20261124T020000Z-3f9a11c2';

describe('notes of restores', () => {
  const shop = { id, targets: ['volume shop'] };
  const both = { id: other, targets: ['volume shop', 'volume blog'] };

  it('one that is run again has one note', () => {
    expect(withNote([shop, both], shop)).toEqual([both, shop]);
    expect(withNote([shop], { ...shop, targets: ['volume copy'] })).toHaveLength(2);
  });

  it('go when all that they replaced is whole again, by whichever backup', () => {
    expect(withoutRestored([shop, both], ['volume shop'])).toEqual([both]);
    expect(withoutRestored([shop, both], ['volume blog', 'volume shop'])).toEqual([]);
    expect(withoutRestored([shop], ['volume copy'])).toEqual([shop]);
  });
});

describe('a restore', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let shelf: FileBackupShelf;
  beforeEach(async () => {
    folder = await temporaryFolder();
    shelf = new FileBackupShelf(folder.path);
  });
  afterEach(() => folder.remove());

  const unasked = () => Promise.reject(new Error('not asked'));
  /** Restores what is given, and fails as told. */
  const worldThat = (fails: (volume: string) => SiskinError | null): BackupWorld => ({
    shelf,
    databases: { facts: unasked, dump: unasked, restore: unasked, rehearse: unasked },
    volumes: {
      save: (_, take) => take(chunks('tar')),
      checkUnused: async () => undefined,
      restore: async (volume) => {
        const error = fails(volume);
        if (error) throw error;
      },
    },
  });
  const broken = (volume: string) =>
    volume === 'blog' ? new SiskinError('DOCKER_UNAVAILABLE', 'the engine is away') : null;

  async function saved(): Promise<SavedVolume[]> {
    const order = { id, createdAt: new Date(), siskin: '1', reason: 'by hand', databases: [] };
    const keep = { last: 1, daily: 0, weekly: 0, monthly: 0 };
    const { manifest } = await takeBackup(
      worldThat(() => null),
      {
        ...{ ...order, keep, volumes: ['shop', 'blog'] },
      },
    );
    return manifest.volumes;
  }
  async function planOf(into: (volume: string) => string = (volume) => volume): Promise<RestorePlan> {
    const manifest = await shelf.find(id);
    const volumes = manifest.volumes.map((one) => ({ saved: one, into: into(one.volume) }));
    return { manifest, databases: [], volumes };
  }

  it('that breaks off is told of until what it replaced is whole; another elsewhere does not hide it', async () => {
    await saved();
    await expect(restoreBackup(worldThat(broken), await planOf())).rejects.toMatchObject({
      code: 'RESTORE_FAILED',
      message: expect.stringMatching(/Restored before that: volume shop\. Not restored: volume blog$/),
    });
    const note = { id, targets: ['volume shop', 'volume blog'] };
    expect(await shelf.restoreNotes()).toEqual([note]);

    await restoreBackup(
      worldThat(() => null),
      await planOf((volume) => `${volume}-copy`),
    );
    expect(await shelf.restoreNotes()).toEqual([note]);

    const inUse = new SiskinError('RESTORE_REFUSED', 'in use');
    await expect(
      restoreBackup(
        worldThat(() => inUse),
        await planOf(),
      ),
    ).rejects.toBe(inUse);
    expect(await shelf.restoreNotes()).toEqual([note]);

    await restoreBackup(
      worldThat(() => null),
      await planOf(),
    );
    expect(await shelf.restoreNotes()).toEqual([]);
  });

  it('is not begun where nobody can read which restores broke off', async () => {
    await saved();
    await writeFile(join(folder.path, '.restoring.json'), '{');
    await expect(
      restoreBackup(
        worldThat(() => null),
        await planOf(),
      ),
    ).rejects.toMatchObject({
      code: 'BACKUP_DAMAGED',
    });
  });

  it('has no backup whose manifest could not be read again', async () => {
    const draft = await shelf.begin(other);
    const file = await draft.write('siskin.yaml', chunks('x'));
    const manifest = { format: 1 as const, id: other, createdAt: '2026-11-24T02:00:00.000Z', siskin: '1' };
    const records = { ...file, count: 0, redis: '7' };
    const stray = { ...file, app: 'shop', environment: 'production.old' };
    const state = { records, secrets: [stray], config: file };
    const whole = { ...manifest, reason: 'x', databases: [], volumes: [], state };
    await expect(draft.commit(whole)).rejects.toThrow(/environment/);
    expect((await shelf.list()).backups).toEqual([]);
  });
});
