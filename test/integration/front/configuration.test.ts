import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkConfig } from '../../../src/adapters/nginx/check-config.ts';
import { streamModule } from '../../../src/adapters/nginx/stream-module.ts';
import { frontFiles } from '../../../src/adapters/templates/front-files.ts';
import { startFront } from '../../../workers/front.ts';
import { freePort } from '../../support/free-port.ts';
import {
  type Environments,
  type FrontFixture,
  quiet,
  startFrontFixture,
  usersFile,
} from '../../support/front-fixture.ts';
import { modelOf } from '../../support/front-model.ts';

const shop = 'shop.example.com';
const one: Environments = {
  production: { routes: [{ host: shop }] },
  test: { routes: [{ host: 'test.example.com' }], access: { basicAuth: 'developers' } },
};

const streamOf = async (yaml: string) => {
  const module = yaml.includes('forward:') ? await streamModule('/usr/sbin/nginx') : null;
  return module === null ? {} : { streamModule: module };
};

it.each(['plain', 'full', 'forward'])('nginx takes what test/golden/nginx/%s.conf shows', async (name) => {
  const folder = await mkdtemp(join(tmpdir(), 'sk-front-'));
  try {
    const yaml = await readFile(join(import.meta.dirname, `../../golden/nginx/${name}.yaml`), 'utf8');
    const ports = { '80': await freePort(), '8443': await freePort() };
    const free = yaml.replace(/:(80|8443)\b(?=["\s])/g, (_, port: '80' | '8443') => `:${ports[port]}`);
    const place = (file: string) => join(folder, file);
    const paths = {
      pid: place('pid'),
      temp: folder,
      certificates: folder,
      challenges: folder,
      users: folder,
      sockets: folder,
    };
    const { files } = await frontFiles(
      modelOf(free, { paths, user: null, logTo: place('log'), ...(await streamOf(free)) }),
    );
    for (const { path, text } of files) {
      await mkdir(dirname(place(path)), { recursive: true });
      await writeFile(place(path), text);
    }
    await checkConfig('/usr/sbin/nginx', place('nginx.conf'));
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('how the front is configured', () => {
  let fixture: FrontFixture;
  beforeAll(async () => {
    fixture = await startFrontFixture(one, {}, (folder) => usersFile(folder, 'developers', 'ana', 'one'));
  });
  afterAll(() => fixture.close());

  const inUse = () => readlink(join(fixture.config.dataDir, 'nginx', 'conf'));
  const asAna = (password: string) => ({
    headers: { authorization: `Basic ${Buffer.from(`ana:${password}`).toString('base64')}` },
  });

  it('leaves an nginx alone that already serves so', async () => {
    const before = await fixture.workers();
    await fixture.again(one);
    expect(await fixture.reloadedSince(before)).toBe(false);
  });

  it('keeps what is served where nginx refuses the new configuration, and would start with it', async () => {
    const [before, conf] = [await fixture.workers(), await inUse()];
    const proxy = [{ path: '/files/', to: 'http://no-such-host.invalid' }];
    const bad = { ...one, production: { ...one.production, front: { proxy } } };
    await expect(fixture.again(bad)).rejects.toMatchObject({
      code: 'FRONT_REFUSED',
      message: expect.stringContaining('host not found in upstream "no-such-host.invalid:80"'),
    });
    expect(await fixture.reloadedSince(before)).toBe(false);
    expect(await inUse()).toBe(conf);
    expect((await fixture.get(shop, '/')).status).toBe(200);
    await fixture.again(one);
  });

  it('keeps what is served where it is to listen at a port in use', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const before = await inUse();
    const taken = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    await expect(fixture.again(one, { https: taken })).rejects.toMatchObject({ code: 'FRONT_PORT_TAKEN' });
    other.close();
    expect(await inUse()).toBe(before);
    expect((await fixture.get(shop, '/')).status).toBe(200);
    await fixture.again(one);
  });

  it('takes fifty new hosts with one reload', async () => {
    const hosts = Array.from({ length: 50 }, (_, index) => `shop-${index}.example.com`);
    const { master } = await fixture.workers();
    await fixture.again({ ...one, production: { routes: [shop, ...hosts].map((host) => ({ host })) } });
    const statuses = await Promise.all(hosts.map(async (host) => (await fixture.get(host, '/')).status));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await fixture.workers()).master).toBe(master);
  });

  it('asks for new users without a reload', async () => {
    await fixture.again(one);
    expect((await fixture.get('test.example.com', '/', asAna('one'))).status).toBe(200);
    const before = await fixture.workers();
    await usersFile(fixture.folder, 'developers', 'ana', 'two');
    const changed = async () =>
      expect((await fixture.get('test.example.com', '/', asAna('two'))).status).toBe(200);
    await vi.waitFor(changed, { timeout: 30_000, interval: 100 });
    expect((await fixture.get('test.example.com', '/', asAna('one'))).status).toBe(401);
    expect(await fixture.reloadedSince(before)).toBe(false);
  });

  it('is served again when nginx was killed, whose workers held on to the ports', async () => {
    const before = await fixture.workers();
    process.kill(before.master, 'SIGKILL');
    const another = async () => {
      const { master, workers } = await fixture.workers();
      expect(master).not.toBe(before.master);
      expect(workers.length).toBeGreaterThan(0);
      expect((await fixture.get(shop, '/')).status).toBe(200);
    };
    await vi.waitFor(another, { timeout: 30_000, interval: 100 });
  });

  it('is not started where another program listens', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const { front: settings, ...rest } = fixture.config;
    const config = {
      ...rest,
      dataDir: join(fixture.folder, 'second'),
      ...(settings && { front: { ...settings, http: { host: '127.0.0.1', port } } }),
      apps: [],
    };
    await expect(startFront(config, quiet)).rejects.toMatchObject({
      code: 'FRONT_PORT_TAKEN',
      message: `front.http: 127.0.0.1:${port} cannot be used: another program listens there.`,
    });
    other.close();
  });
});
