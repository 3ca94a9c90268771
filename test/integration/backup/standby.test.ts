import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectDocker } from '../../../src/adapters/docker/connect.ts';
import { helperAt, runHelper, withHelper } from '../../../src/adapters/docker/helper-container.ts';
import { DockerStandby } from '../../../src/adapters/docker/standby.ts';
import { type SmallEngine, startSmallEngine } from '../../support/chaos-engine.ts';
import { runCliHere } from '../../support/cli-in-process.ts';
import { type EngineSshd, startEngineSshd } from '../../support/engine-sshd.ts';
import { FakeCloudflare } from '../../support/fake-cloudflare/fake-cloudflare.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryFolder } from '../../support/git-repository.ts';
import { startPostgres, type TestPostgres } from '../../support/postgres-container.ts';
import { ensurePostgresImage, postgresImage } from '../../support/postgres-image.ts';
import { runCliProcess } from '../../support/siskin-cli.ts';

const helper = 'busybox:1.36';
const unique = `sk-standby-${randomBytes(4).toString('hex')}`;
const here = connectDocker(process.env.DOCKER_HOST);
const token = 'cloudflare-token-0123456789';
const largeBytes = 10 * 1024 * 1024;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let engine: SmallEngine;
let there: Docker;
let databases: { here: TestPostgres; there: TestPostgres };
let dns: FakeCloudflare;
let primary: { server: Server; port: number };
let app: Docker.Container;

beforeAll(async () => {
  await ensurePostgresImage();
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'data'));
  engine = await startSmallEngine(700, [helper, postgresImage]);
  there = connectDocker(`unix://${engine.folder}/docker.sock`);
  databases = { here: await startPostgres(here, unique), there: await startPostgres(there, `${unique}-db`) };
  await databases.here.sql(
    `create table goods as select n as id, md5(n::text) as name from generate_series(1, 1000) n`,
  );
  await fill(
    Object.fromEntries([...Array(12).keys()].map((n) => [`deep/file ${n}`, randomBytes(2 * 1024 * 1024)])),
  );
  await fill({ '물건.txt': Buffer.from('one'), large: randomBytes(largeBytes) });
  app = await makeApp('r1');
  dns = await FakeCloudflare.start('example.com');
  dns.tokens.set(token, { permissions: ['zone:read', 'dns:read', 'dns:edit'] });
  dns.add('shop.example.com', 'home.example.net', { proxied: true });
  primary = { server: createServer((socket) => socket.destroy()), port: await freePort() };
  await answers(true);
}, 180_000);
afterAll(async () => {
  if (primary?.server.listening) await answers(false);
  await dns?.close();
  await databases?.here.remove();
  await app?.remove({ force: true });
  for (const tag of ['r1', 'r2', 'r3'])
    await here
      .getImage(`siskin/${unique}:${tag}`)
      .remove({ force: true })
      .catch(() => undefined);
  await here.getVolume(unique).remove({ force: true });
  await engine?.remove();
  await folder?.remove();
}, 120_000);

/** An image of its own, and a container of it. @param change of the image, as in a Dockerfile */
async function makeApp(tag: string, change = 'CMD sleep 3600'): Promise<Docker.Container> {
  const seed = await here.createContainer({ Image: helper, Cmd: ['true'] });
  const changes = `${change}\nENV RELEASE=${tag}`;
  await seed.commit({ repo: `siskin/${unique}`, tag, comment: unique, changes });
  await seed.remove();
  return await containerOf(tag);
}

/** Labelled as Siskin labels replicas. */
async function containerOf(tag: string): Promise<Docker.Container> {
  const Labels = { 'siskin.app': unique, 'siskin.environment': 'production', 'siskin.service': 'web' };
  const container = await here.createContainer({
    Image: `siskin/${unique}:${tag}`,
    Cmd: ['sleep', '3600'],
    Labels,
    HostConfig: { NetworkMode: 'none', Init: true },
  });
  await container.start();
  return container;
}

async function fill(files: Record<string, Buffer>): Promise<void> {
  await withHelper(here, { image: helper, volume: unique, words: ['true'] }, async (container) => {
    const tar = pack();
    for (const [name, content] of Object.entries(files)) tar.entry({ name, uid: 1000, mode: 0o640 }, content);
    tar.finalize();
    await container.putArchive(Readable.from(tar), { path: helperAt });
  });
}

const sums = (docker: Docker) =>
  runHelper(docker, {
    image: helper,
    volume: unique,
    words: [
      'sh',
      '-c',
      `cd ${helperAt} && find . -type f | sort | while read f; do sha256sum "$f"; stat -c '%a %u' "$f"; done`,
    ],
  });

async function answers(yes: boolean): Promise<void> {
  if (yes) await new Promise<void>((resolve) => primary.server.listen(primary.port, '127.0.0.1', resolve));
  else await new Promise((resolve) => primary.server.close(resolve));
}

async function cli(words: string[], socket = `${engine.folder}/docker.sock`, volumes = [unique]) {
  return await cliTo(`docker: unix://${socket}`, words, volumes);
}

/** @param address the keys of `standby` that say where it is */
async function cliTo(address: string, words: string[], volumes = [unique]) {
  const file = join(folder.path, 'siskin.yaml');
  await writeFile(
    file,
    `docker: { host: ${process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'} }
backup:
  databases: [{ name: shop, container: ${unique}, kind: postgres, database: shop, user: shop }]
standby:
  ${address}
  apps: [${unique}/production]
  volumes: ${JSON.stringify(volumes)}
  databases: [{ name: shop, container: ${unique}-db }]
  containers: [${unique}-db, ${unique}-web]
  probes: ["tcp://127.0.0.1:${primary.port}"]
dns:
  token: ${token}
  zone: example.com
  apiUrl: ${dns.url}
  records: [{ name: shop.example.com, primary: home.example.net, standby: backup.example.com }]
apps:
  ${unique}: { repo: /srv/shop.git, service: web, environments: { production: { branch: release } } }
`,
  );
  return await runCliHere(file, ['standby', ...words]);
}

/** The engine's socket through a connection that breaks when so many bytes went there. */
async function breaking(afterBytes: number): Promise<{ path: string; close(): Promise<void> }> {
  const path = join(folder.path, 'breaking.sock');
  const open = new Set<Socket>();
  let sent = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const engineSide = connect({ path: `${engine.folder}/docker.sock`, allowHalfOpen: true });
    for (const one of [socket, engineSide]) open.add(one.on('error', () => undefined));
    socket.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent > afterBytes) for (const one of open) one.destroy();
    });
    socket.pipe(engineSide).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const close = async () => {
    for (const one of open) one.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { path, close };
}

const rows = (one: TestPostgres) => one.sql('select * from goods order by id');

describe('siskin standby sync', () => {
  it('says that nobody answers before anything is looked at', async () => {
    const { exitCode, errors } = await cli(['sync'], `${folder.path}/nowhere.sock`);
    expect(exitCode).toBe(1);
    expect(errors).toContain('STANDBY_UNREACHABLE: no engine answers at unix://');
  });

  it('tells what it would do, and does nothing', async () => {
    const { output, errors } = await cli(['sync', '--dry-run']);
    expect(errors).toBe('');
    expect(output).toContain(`image siskin/${unique}:r1: would be brought`);
    expect(output).toContain(`volume ${unique}: 14 files would be sent, 0 removed`);
    expect(await sums(there)).toBe('');
  });

  it('goes on where it was interrupted: what had arrived is not sent again', async () => {
    const broken = await breaking(16 * 1024 * 1024);
    const first = await cli(['sync', '--json'], broken.path);
    await broken.close();
    expect(first.exitCode).toBe(1);
    expect(JSON.parse((await cli(['status', '--json'])).output)).toMatchObject({ lastSync: null });
    const arrived = (await sums(there)).split('\n').filter((line) => line.includes('  ./')).length;
    expect(arrived).toBeGreaterThan(2);
    const { output, errors } = await cli(['sync', '--json']);
    expect(errors).toBe('');
    expect(JSON.parse(output).sentFiles).toBeLessThanOrEqual(14 - arrived + 1);
    expect(JSON.parse(output).sentFiles).toBeLessThan(14);
    expect(await sums(there)).toBe(await sums(here));
    expect(await rows(databases.there)).toEqual(await rows(databases.here));
    const image = await there.getImage(`siskin/${unique}-production-web:standby`).inspect();
    expect(image.Id).toBe((await app.inspect()).Image);
  });

  it('brings what changed, takes away what is gone, and nothing else', async () => {
    await fill({ '물건.txt': Buffer.from('two') });
    await runHelper(here, { image: helper, volume: unique, words: ['rm', `${helperAt}/deep/file 3`] });
    await databases.here.sql(`delete from goods where id > 900`);
    const { output } = await cli(['sync', '--json']);
    expect(JSON.parse(output)).toMatchObject({ sentFiles: 1, sentBytes: 3, images: 0 });
    expect(await sums(there)).toBe(await sums(here));
    expect(await databases.there.sql('select count(*) from goods')).toEqual(['900']);
  });

  it('starts what runs an older image anew, with all that it was told; one that does not run is put back', async () => {
    const name = `${unique}-web`;
    const network = await there.createNetwork({
      Name: unique,
      Driver: 'bridge',
      IPAM: { Config: [{ Subnet: '10.214.217.240/28' }] },
    });
    const address = { IPAMConfig: { IPv4Address: '10.214.217.242' }, Aliases: ['app'] };
    const web = await there.createContainer({
      name,
      Image: `siskin/${unique}-production-web:standby`,
      Env: ['READ_ONLY=1'],
      Labels: { 'com.docker.compose.service': 'standby-app' },
      HostConfig: { NetworkMode: unique, Init: true, Memory: 32 * 2 ** 20 },
      NetworkingConfig: { EndpointsConfig: { [unique]: address } },
    });
    await web.start();
    const release = async (tag: string, change?: string) => {
      await app.remove({ force: true });
      app = await makeApp(tag, change);
      return await cli(['sync', '--json']);
    };
    const { errors, output } = await release('r2');
    expect(errors).toBe('');
    expect(JSON.parse(output)).toMatchObject({ images: 1, restarted: [name] });
    const second = await there.getContainer(name).inspect();
    expect(second).toMatchObject({
      Image: (await app.inspect()).Image,
      State: { Running: true },
      Config: { Labels: { 'com.docker.compose.service': 'standby-app' } },
      HostConfig: { Memory: 32 * 2 ** 20 },
      NetworkSettings: {
        Networks: { [unique]: { IPAMConfig: address.IPAMConfig, IPAddress: '10.214.217.242' } },
      },
    });
    expect(second.NetworkSettings.Networks[unique]?.Aliases).toEqual(['app', second.Id.slice(0, 12)]);
    expect(second.Config.Env).toEqual(expect.arrayContaining(['READ_ONLY=1', 'RELEASE=r2']));
    expect(JSON.parse((await cli(['sync', '--json'])).output)).toMatchObject({ images: 0, restarted: [] });

    // Runs here, for its container is told another command; there it ends at once.
    const broken = await release('r3', 'CMD false');
    expect(broken.errors).toMatch(/STANDBY_SYNC_FAILED: \S+-web does not run with the image .* runs again/);
    const { Id, State } = await there.getContainer(name).inspect();
    expect({ Id, running: State.Running }).toEqual({ Id: second.Id, running: true });
    await app.remove({ force: true });
    app = await containerOf('r2');
    expect((await cli(['sync', '--json'])).errors).toBe('');
    expect(await network.inspect()).toMatchObject({ Containers: { [second.Id]: { Name: name } } });
  });

  it('is done by one at a time', async () => {
    const lock = await new DockerStandby(there, helper).lock();
    expect((await cli(['sync'])).errors).toContain('STANDBY_BUSY');
    await lock.release();
    expect((await cli(['sync', '--json'])).errors).toBe('');
  });
});

describe('a standby behind ssh', () => {
  let sshd: EngineSshd;
  beforeAll(async () => {
    sshd = await startEngineSshd(join(folder.path, 'sshd'), `${engine.folder}/docker.sock`);
  });
  afterAll(() => sshd?.stop());

  const over = (
    { docker = sshd.docker, hostKey = sshd.hostKey, keyFile = sshd.key } = {},
    words = ['sync'],
  ) =>
    cliTo(`docker: ${docker}\n  ssh: { keyFile: ${keyFile}, hostKey: "${hostKey}" }`, [...words, '--json']);

  it('is brought images, files and databases as any other', async () => {
    await fill({ '물건.txt': Buffer.from('three'), large: randomBytes(largeBytes) });
    await databases.here.sql(`delete from goods where id > 800`);
    const { output, errors } = await over();
    expect(errors).toBe('');
    expect(JSON.parse(output)).toMatchObject({ sentFiles: 2, sentBytes: largeBytes + 5 });
    expect(await sums(there)).toBe(await sums(here));
    expect(await rows(databases.there)).toEqual(await rows(databases.here));
  });

  it('keeps no process from ending', async () => {
    await over({}, ['status']); // writes siskin.yaml
    expect(await runCliProcess(join(folder.path, 'siskin.yaml'), ['standby', 'sync'])).toMatchObject({
      exitCode: 0,
    });
  });

  it.each([
    [
      'has another host key',
      () => ({ hostKey: `SHA256:${'A'.repeat(43)}` }),
      /host key SHA256:\S+, not the pinned/,
    ],
    ['does not know the key', () => ({ keyFile: sshd.strangeKey }), /refuses the key/],
    ['is not there', async () => ({ docker: `ssh://root@127.0.0.1:${await freePort()}` }), /ECONNREFUSED/],
  ])('that %s is named before anything is changed', async (_, change, words) => {
    const before = JSON.parse((await cli(['status', '--json'])).output).lastSync;
    const { exitCode, errors } = await over(await change());
    expect({ exitCode, errors }).toEqual({ exitCode: 1, errors: expect.stringMatching(words) });
    expect(errors).toContain('STANDBY_UNREACHABLE: no engine answers at ssh://');
    expect(JSON.parse((await cli(['status', '--json'])).output).lastSync).toBe(before);
  });
});

describe('siskin standby failover and failback', () => {
  const content = () => dns.records[0]?.content;
  const write = () => databases.there.sql(`insert into goods values (5000, 'x')`);

  it('does not move traffic away from a primary that answers', async () => {
    const { exitCode, errors } = await cli(['failover', '--yes']);
    expect(exitCode).toBe(1);
    expect(errors).toContain(
      `FAILOVER_REFUSED: the primary still answers at tcp://127.0.0.1:${primary.port}`,
    );
    expect(content()).toBe('home.example.net');
    await write();
  });

  it('makes the standby read-only, then leads the names there; no synchronisation overwrites it', async () => {
    await answers(false);
    expect((await cli(['failover'])).errors).toContain('CONFIRMATION_NEEDED');
    const { output, errors } = await cli(['failover', '--yes']);
    expect(errors).toBe('');
    expect(output).toMatch(
      /the last synchronisation was 0 min ago: what was written since then is not there/,
    );
    expect(content()).toBe('backup.example.com');
    await expect(write()).rejects.toThrow('read-only transaction');
    expect((await cli(['sync'])).errors).toContain('STANDBY_SERVING');
  });

  it('goes back when the primary answers again, and is written to again', async () => {
    expect((await cli(['failback', '--yes'])).errors).toContain(
      'FAILOVER_REFUSED: the primary does not answer',
    );
    await answers(true);
    expect((await cli(['failback', '--yes'])).errors).toBe('');
    expect(content()).toBe('home.example.net');
    await write();
    expect((await cli(['sync', '--json'])).errors).toBe('');
    expect(await rows(databases.there)).toEqual(await rows(databases.here));
  });
});
