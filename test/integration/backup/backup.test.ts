import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { helperAt, runHelper } from '../../../src/adapters/docker/helper-container.ts';
import { loadSiskinConfig } from '../../../src/config/siskin-config.ts';
import { planRestore } from '../../../src/pipeline/backup/restore-backup.ts';
import { backupWorld, restoreLocked } from '../../../workers/backup.ts';
import { runCliHere } from '../../support/cli-in-process.ts';
import { temporaryFolder } from '../../support/git-repository.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres-container.ts';
import { ensurePostgresImage } from '../../support/postgres-image.ts';

const exec = promisify(execFile);
const docker = connectDocker(process.env.DOCKER_HOST);
const unique = `sk-backup-${randomBytes(4).toString('hex')}`;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let postgres: TestPostgres;

const settings = (more = '', database = 'shop', to = './backups') => `
server: { listen: "127.0.0.1:9" } # nobody: not a Siskin of this machine
docker: { host: ${process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'} }
backup:
  to: ${to}
  keep: { last: 2, daily: 0, weekly: 0, monthly: 0 }
  databases: [{ name: shop, container: ${unique}, kind: postgres, database: ${database}, user: shop }]
${more}`;

beforeAll(async () => {
  await ensurePostgresImage();
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'data'));
  postgres = await startPostgres(docker, unique);
  await postgres.sql(`create table goods (id serial primary key, name text not null, price numeric(8,2));
    create table orders (id serial primary key, good int references goods, note bytea);
    insert into goods (name, price) select '물건 ' || n, n * 1.5 from generate_series(1, 500) n;
    insert into orders (good, note) select n, decode(md5(n::text), 'hex') from generate_series(1, 300) n;
    create view dear as select * from goods where price > 700`);
  await docker.createVolume({ Name: unique });
  await inVolume([
    'sh',
    '-c',
    `echo one > ${helperAt}/one && ln -s one ${helperAt}/link && mkdir -m 700 ${helperAt}/deep && echo two > ${helperAt}/deep/two && chown -R 1000:1000 ${helperAt}/deep`,
  ]);
});
afterAll(async () => {
  await postgres?.remove();
  await docker.getVolume(unique).remove({ force: true });
  await folder?.remove();
});

const inVolume = (words: string[]) => runHelper(docker, { image: 'busybox:1.36', volume: unique, words });
const listing = () =>
  inVolume(['find', helperAt, '-mindepth', '1', '-exec', 'stat', '-c', '%n %a %u %s', '{}', '+']);
const backups = async (name = 'backups') =>
  (await readdir(join(folder.path, name)).catch(() => [])).filter((one) => !one.startsWith('.')).sort();
const rows = () =>
  postgres.sql('select g.*, o.* from goods g left join orders o on o.good = g.id order by g.id, o.id');

async function cli(yaml: string, ...words: string[]) {
  const file = join(folder.path, 'siskin.yaml');
  await writeFile(file, yaml);
  const { exitCode, output, errors } = await runCliHere(file, words);
  return { exitCode, output, errors };
}

describe('a backup of PostgreSQL and a volume', () => {
  const yaml = settings(`  volumes: [${unique}]`);
  let id = '';

  it('is written for its owner alone, with checksums', async () => {
    const { output, errors } = await cli(yaml, 'backup', '--json');
    expect(errors).toBe('');
    const manifest = JSON.parse(output);
    ({ id } = manifest);
    expect(await backups()).toEqual([id]);
    const inside = join(folder.path, 'backups', id);
    const dump = await readFile(join(inside, 'shop.dump'));
    expect(dump.subarray(0, 5).toString()).toBe('PGDMP');
    expect(manifest.databases[0]).toMatchObject({ name: 'shop', kind: 'postgres', bytes: dump.length });
    expect((await stat(join(folder.path, 'backups'))).mode & 0o777).toBe(0o700);
    expect((await stat(join(inside, 'shop.dump'))).mode & 0o777).toBe(0o600);
    expect(await cli(yaml, 'backup', 'verify', id)).toMatchObject({ exitCode: 0 });
  });

  it('comes back with every row and file, in the place of what came since', async () => {
    const [before, files] = [await rows(), await listing()];
    await postgres.sql(
      `delete from orders; update goods set name = 'gone'; alter table goods add column extra int`,
    );
    await inVolume([
      'sh',
      '-c',
      `rm -r ${helperAt}/deep && echo more > ${helperAt}/one && echo new > ${helperAt}/later`,
    ]);
    expect((await cli(yaml, 'restore', id)).errors).toContain('CONFIRMATION_NEEDED');
    expect(await rows()).not.toEqual(before);
    expect(await cli(yaml, 'restore', id, '--yes')).toMatchObject({ exitCode: 0, errors: '' });
    expect(await rows()).toEqual(before);
    expect(await postgres.sql('select count(*) from dear')).toEqual(['34']);
    expect(await listing()).toBe(files);
  });

  it('is tried in a container of its own, of which nothing stays', async () => {
    const { output, errors } = await cli(yaml, 'restore', id, '--test', '--json');
    expect(errors).toBe('');
    expect(JSON.parse(output).databases).toEqual([{ name: 'shop', tables: 2, rows: 800 }]);
    expect(
      await docker.listContainers({ all: true, filters: { label: ['siskin.restore-test=shop'] } }),
    ).toEqual([]);
  });

  it('goes beside the original, into a database that was made for it', async () => {
    await postgres.sql('create database shop_copy');
    await inVolume(['sh', '-c', `echo untouched > ${helperAt}/one`]);
    expect(await cli(yaml, 'restore', id, '--into', 'shop=shop_copy', '--yes')).toMatchObject({
      exitCode: 0,
    });
    expect(await inVolume(['cat', `${helperAt}/one`])).toContain('untouched');
    expect(await postgres.sql('select count(*) from goods', 'shop_copy')).toEqual(['500']);
  });

  it('leaves what is not restored yet alone when a database refuses, and says so until it was restored', async () => {
    await inVolume(['sh', '-c', `echo kept > ${helperAt}/one`]);
    const kept = await listing();
    await postgres.sql('alter table goods rename to moved; create view goods as select 1 as id');
    const { exitCode, errors } = await cli(yaml, 'restore', id, '--yes');
    expect(exitCode).toBe(1);
    expect(errors).toMatch(
      /RESTORE_FAILED: pg_restore of shop ended.*Restored before that: nothing\. Not restored: database shop in/s,
    );
    expect(errors).toContain(`volume ${unique}`);
    expect(await listing()).toBe(kept);
    const told = `The restore of ${id} into database shop in ${unique}`;
    expect((await cli(yaml, 'backup', 'list')).errors).toContain(told);
    await postgres.sql('drop view goods; alter table moved rename to goods');
    expect((await cli(yaml, 'restore', id, '--yes')).output).toContain(told);
    expect(await inVolume(['cat', `${helperAt}/one`])).toBe('one\n');
    expect((await cli(yaml, 'backup', 'list')).errors).toBe('');
  });

  it('empties nothing when another backup removed it while a person was asked', async () => {
    const before = [await rows(), await listing()];
    const config = await loadSiskinConfig(join(folder.path, 'siskin.yaml'), {});
    const plan = await planRestore(backupWorld(config), id, new Map(), new Map([[unique, unique]]));
    const [inside, away] = [join(folder.path, 'backups', id), join(folder.path, 'removed')];
    await rename(inside, away);
    await expect(restoreLocked(config, plan, () => {})).rejects.toMatchObject({ code: 'BACKUP_MISSING' });
    await rename(away, inside);
    expect([await rows(), await listing()]).toEqual(before);
    expect((await cli(yaml, 'backup', 'list')).errors).toBe('');
  });

  it('is not restored when a byte of it is another, nor from a newer version', async () => {
    const [first = ''] = await backups();
    const file = join(folder.path, 'backups', first, 'manifest.json');
    const manifest = await readFile(file, 'utf8');
    await writeFile(file, manifest.replace(/"version": "15/, '"version": "17'));
    expect((await cli(yaml, 'restore', first, '--yes')).errors).toContain(
      'RESTORE_REFUSED: shop was saved from PostgreSQL 17, and the container runs 15',
    );
    await writeFile(file, manifest);
    const dump = join(folder.path, 'backups', first, 'shop.dump');
    await truncate(dump, (await stat(dump)).size - 1);
    const [listed] = JSON.parse((await cli(yaml, 'backup', 'list', '--json')).output);
    expect(listed).toEqual({ id: first, damaged: expect.stringMatching(/shop\.dump has \d+ bytes instead/) });
    expect((await cli(yaml, 'backup', 'list')).output).toMatch(new RegExp(`${first} .*DAMAGED.*shop\\.dump`));
    expect((await cli(yaml, 'restore', first, '--yes')).errors).toMatch(
      /BACKUP_DAMAGED.*shop\.dump has \d+ bytes/,
    );
  });
});

describe('a backup that fails', () => {
  const failing = async (yaml: string, into = 'failed') => {
    const { exitCode, errors } = await cli(yaml, 'backup');
    expect(exitCode).toBe(1);
    expect(await backups(into)).toEqual([]);
    const last = JSON.parse(await readFile(join(folder.path, 'data', 'backup-last.json'), 'utf8'));
    expect(last.result).toBe('failure');
    return errors;
  };

  it('says what pg_dump said of a database that is not there', async () => {
    expect(await failing(settings('', 'nosuch', './failed'))).toMatch(
      /BACKUP_FAILED.*database "nosuch" does not exist/,
    );
  });

  it('leaves nothing when the server ends the connection in the midst of the dump', async () => {
    await postgres.sql(
      `create table big as select n, repeat(md5(n::text), 60) as pad from generate_series(1, 60000) n`,
    );
    const dump = failing(settings('', 'shop', './failed'));
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pg_dump' and state = 'active' and query like 'COPY%'`;
    while ((await postgres.sql(kill)).length === 0);
    expect(await dump).toMatch(/BACKUP_FAILED: pg_dump of shop ended with exit code 1: .*terminat/);
  });

  it('leaves nothing on a disk that is full', async () => {
    const disk = join(folder.path, 'small');
    await mkdir(disk);
    await exec('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'siskin-backup', disk]);
    try {
      expect(await failing(settings('', 'shop', './small'), 'small')).toMatch(/BACKUP_FAILED.*ENOSPC/);
    } finally {
      await exec('umount', [disk]);
    }
  });

  it('names a container that does not run', async () => {
    const yaml = settings('', 'shop', './failed').replace(unique, `${unique}-other`);
    expect(await failing(yaml)).toContain(`there is no container ${unique}-other`);
  });
});

it('keeps what keep asks for', async () => {
  const yaml = settings();
  await postgres.sql('drop table if exists big');
  const before = await backups();
  await cli(yaml, 'backup', '--json');
  const made = JSON.parse((await cli(yaml, 'backup', '--json')).output);
  // the damaged one of above takes no good one's place, and is not removed: a person is to look
  expect(made.removed).toEqual([]);
  const last = JSON.parse((await cli(yaml, 'backup', '--json')).output);
  expect(last.removed).toHaveLength(1);
  expect(before).not.toContain(last.removed[0]);
  const listed = JSON.parse((await cli(yaml, 'backup', 'list', '--json')).output);
  expect(listed.map(({ id }: { id: string }) => id)).toEqual([last.id, made.id, ...before]);
});
