import { chmod, copyFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Decrypter } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeIdentity, readIdentity } from '../../../src/adapters/age/identity.ts';
import { SecretStore } from '../../../src/adapters/age/secret-store.ts';
import { filesWith } from '../../support/files-with.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

const now = new Date('2026-11-25T12:00:00Z');
const how = { via: 'stdin', now } as const;
const production = { app: 'shop', environment: 'production' };
const everywhere = { app: 'shop', environment: null };
const value = 'planted-value-of-a-secret';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let identityFile: string;
let store: SecretStore;

beforeEach(async () => {
  folder = await temporaryFolder();
  identityFile = join(folder.path, 'keys', 'identity');
  await makeIdentity(identityFile, now);
  store = new SecretStore({ folder: join(folder.path, 'secrets'), identityFile });
});
afterEach(() => folder.remove());

describe('secrets at rest', () => {
  it('come back as they were set, an environment’s own over the app’s', async () => {
    await store.set(everywhere, { A: 'app', B: `${value}\nwith "lines" and ü` }, how);
    await store.set(production, { A: 'own' }, how);
    expect([...(await store.read(production))]).toEqual([
      ['A', 'own'],
      ['B', `${value}\nwith "lines" and ü`],
    ]);
    expect([...(await store.read({ app: 'shop', environment: 'test' }))].map(([name]) => name)).toEqual([
      'A',
      'B',
    ]);
    expect((await store.read({ app: 'blog', environment: 'test' })).size).toBe(0);
  });

  it('threat 24: stand in no file, and those can be read by their owner alone', async () => {
    await store.set(production, { A: value }, how);
    expect(await filesWith(folder.path, [value])).toEqual([]);
    const home = join(folder.path, 'secrets', 'shop');
    expect(await readdir(home)).toEqual(['production.age']);
    expect((await stat(join(home, 'production.age'))).mode & 0o777).toBe(0o600);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await stat(identityFile)).mode & 0o777).toBe(0o600);
  });

  it('can be opened by age itself with the identity', async () => {
    await store.set(production, { A: value }, how);
    const decrypter = new Decrypter();
    decrypter.addIdentity((await readIdentity(identityFile)).identity);
    const bytes = await readFile(join(folder.path, 'secrets', 'shop', 'production.age'));
    expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> X25519 /);
    expect(JSON.parse(await decrypter.decrypt(bytes, 'text'))).toMatchObject({ secrets: { A: { value } } });
  });

  it('are listed by name, with when and how, and removed', async () => {
    await store.set(production, { B: '1', A: '2' }, how);
    expect(await store.list(production)).toEqual([
      { name: 'A', environment: 'production', changedAt: now.toISOString(), via: 'stdin' },
      { name: 'B', environment: 'production', changedAt: now.toISOString(), via: 'stdin' },
    ]);
    expect(await store.remove(production, 'A')).toBe(true);
    expect(await store.remove(production, 'A')).toBe(false);
    expect((await store.list(production)).map(({ name }) => name)).toEqual(['B']);
  });

  it('of before stay known for masking', async () => {
    await store.set(production, { A: 'first-value' }, how);
    expect(await store.set(production, { A: 'first-value' }, how)).toBe(false);
    expect(await store.set(production, { A: 'second-value' }, how)).toBe(true);
    await store.set(everywhere, { B: 'third-value' }, how);
    await store.remove(everywhere, 'B');
    expect((await store.spoken(production)).sort()).toEqual(['first-value', 'second-value', 'third-value']);
  });

  it.each([
    ['', /is empty/],
    ['a\0b', /has a NUL/],
    ['x'.repeat(65_537), /has 65537 bytes/],
  ])('refuses the value %#', async (bad, message) => {
    await expect(store.set(production, { A: bad }, how)).rejects.toThrow(message);
    await expect(store.set(production, { A: bad }, how)).rejects.toMatchObject({
      code: 'SECRET_VALUE_REFUSED',
    });
  });

  it('are changed by one process at a time; a lock of a dead one is taken over', async () => {
    await store.set(production, { A: '1' }, how);
    const lock = join(folder.path, 'secrets', 'shop', 'production.age.lock');
    await writeFile(lock, String(process.ppid));
    await expect(store.set(production, { A: '2' }, how)).rejects.toMatchObject({ code: 'SECRETS_BUSY' });
    await writeFile(lock, '999999999');
    expect(await store.set(production, { A: '2' }, how)).toBe(true);
  });
});

describe('secrets that cannot be opened', () => {
  const file = () => join(folder.path, 'secrets', 'shop', 'production.age');
  const refused = (message: RegExp) => ({
    code: 'SECRETS_UNREADABLE',
    message: expect.stringMatching(message),
  });

  it('are told apart: another identity, a changed byte, no age file, another environment’s', async () => {
    await store.set(production, { A: value }, how);
    await store.set({ app: 'shop', environment: 'test' }, { A: value }, how);
    const good = await readFile(file());
    const bad = Buffer.from(good);
    bad[bad.length - 3] = (bad[bad.length - 3] ?? 0) ^ 1;
    await writeFile(file(), bad);
    await expect(store.read(production)).rejects.toMatchObject(refused(/damaged or was changed/));
    await writeFile(file(), 'nonsense');
    await expect(store.read(production)).rejects.toMatchObject(refused(/damaged or was changed/));
    await copyFile(join(folder.path, 'secrets', 'shop', 'test.age'), file());
    await expect(store.read(production)).rejects.toMatchObject(refused(/it is the one of shop\/test/));
    await writeFile(file(), good);
    await rm(identityFile);
    await makeIdentity(identityFile, now);
    await expect(store.read(production)).rejects.toMatchObject(refused(/made with another identity/));
  });

  it('are never overwritten by a set that could not read them', async () => {
    await store.set(production, { A: value }, how);
    await writeFile(file(), 'damaged');
    await expect(store.set(production, { B: 'x' }, how)).rejects.toMatchObject({
      code: 'SECRETS_UNREADABLE',
    });
    expect(await readFile(file(), 'utf8')).toBe('damaged');
  });
});

describe('the identity', () => {
  it('is never overwritten', async () => {
    const before = await readFile(identityFile, 'utf8');
    await expect(makeIdentity(identityFile, now)).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY_UNUSABLE',
    });
    expect(await readFile(identityFile, 'utf8')).toBe(before);
  });

  it('is refused when it is missing, readable by others, or none', async () => {
    await chmod(identityFile, 0o640);
    await expect(readIdentity(identityFile)).rejects.toMatchObject({
      code: 'SECRETS_IDENTITY_UNUSABLE',
      message: expect.stringContaining('mode 640'),
    });
    await chmod(identityFile, 0o600);
    const key = (await readIdentity(identityFile)).identity;
    await writeFile(identityFile, `${key.slice(0, -1)}\n`);
    const failure = readIdentity(identityFile);
    await expect(failure).rejects.toMatchObject({ code: 'SECRETS_IDENTITY_UNUSABLE' });
    await expect(failure).rejects.not.toThrow(key.slice(20, 40));
    await rm(identityFile);
    await expect(readIdentity(identityFile)).rejects.toMatchObject({ code: 'SECRETS_IDENTITY_MISSING' });
  });
});

describe('the digest', () => {
  it('is the same for the same text and identity only', async () => {
    const digest = await store.seal('text');
    expect(digest).toMatch(/^[0-9a-f]{32}$/);
    expect(await store.seal('text')).toBe(digest);
    expect(await store.seal('texT')).not.toBe(digest);
    await rm(identityFile);
    await makeIdentity(identityFile, now);
    expect(await store.seal('text')).not.toBe(digest);
  });
});
