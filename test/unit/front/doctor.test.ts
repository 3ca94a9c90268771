import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgeCertificate } from '../../../src/cli/doctor/certificate.ts';
import { checkForward } from '../../../src/cli/doctor/forward.ts';
import { checkFront } from '../../../src/cli/doctor/front.ts';
import { loadSiskinConfig, parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { selfSigned, usersFile } from '../../support/front-fixture.ts';

const dayMs = 86_400_000;

describe('what siskin doctor says of a certificate', () => {
  const now = Date.UTC(2026, 10, 25);
  const lasting = (days: number) => [
    { name: 'x', expiresAt: now + days * dayMs, covers: (host: string) => host === 'a.example.com' },
  ];

  it.each([
    [60, 'ok', 'the certificate of a.example.com lasts 60 days'],
    [14, 'ok', 'the certificate of a.example.com lasts 14 days'],
    [13.9, 'warn', 'the certificate of a.example.com expires in 13 days'],
    [-3, 'fail', 'the certificate of a.example.com expired 3 days ago'],
  ])('that lasts %d days: %s', (days, level, detail) => {
    expect(judgeCertificate('a.example.com', lasting(days), now)).toMatchObject({ level, detail });
  });

  it('that is not there', () => {
    expect(judgeCertificate('b.example.com', lasting(60), now)).toMatchObject({ level: 'warn' });
  });
});

describe('what siskin doctor says of the front', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sk-doctor-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const findings = async () => {
    const file = join(folder, 'siskin.yaml');
    await writeFile(
      file,
      `front: { http: 127.0.0.1:80, https: 127.0.0.1:443 }
apps:
  shop:
    repo: /srv/shop.git
    service: web
    environments:
      production: { branch: release, routes: [{ host: a.example.com }], front: { tls: required } }
      test:
        branch: test
        routes: [{ host: b.example.com }]
        front: { tls: "off" }
        access: { basicAuth: developers }
`,
    );
    return (await checkFront(await loadSiskinConfig(file, {}), Date.now())).map(
      ({ level, detail }) => `${level} ${detail.replaceAll(folder, '')}`,
    );
  };

  it('tells every file that is missing, by its line in siskin.yaml', async () => {
    expect(await findings()).toEqual([
      'fail /siskin.yaml:7:82 apps.shop.environments.production.front.tls: there is no certificate for a.example.com: /certs/a.example.com must hold fullchain.pem and privkey.pem.',
      'fail /siskin.yaml:12:19 apps.shop.environments.test.access.basicAuth: /htpasswd/developers is not there or cannot be read.',
      'warn a.example.com has no certificate: it is served by plain HTTP',
      'warn shop/test asks for a password over plain HTTP',
    ]);
  });

  it('tells of a pair that does not fit, and is content with one that does', async () => {
    await usersFile(folder, 'developers', 'ana', 'x');
    await selfSigned(folder, 'a.example.com', ['a.example.com']);
    await mkdir(join(folder, 'certs', 'broken'));
    await writeFile(join(folder, 'certs', 'broken', 'fullchain.pem'), 'nothing');
    await writeFile(join(folder, 'certs', 'broken', 'privkey.pem'), 'nothing');
    expect(await findings()).toEqual([
      expect.stringMatching(/^warn The certificate in \/certs\/broken cannot be used: /),
      expect.stringMatching(/^ok the certificate of a\.example\.com lasts (29|30) days$/),
      'warn shop/test asks for a password over plain HTTP',
    ]);
  });
});

describe('what siskin doctor says of names that are passed on', () => {
  it('is whether nginx can, and whether the other host answers', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const yaml = (to: string) =>
      `front: { http: 127.0.0.1:80, https: 127.0.0.1:443, forward: [{ hosts: [b.example.com], ${to} }] }\napps: {}\n`;
    const said = async (to: string) =>
      (await checkForward(parseSiskinConfig(yaml(to), '/siskin.yaml', {}), {})).map(
        ({ level, what, detail }) => `${level} ${what} ${detail}`,
      );
    const answers = `127.0.0.1:${port}, which has b.example.com, answers`;
    const module = expect.stringMatching(/^ok nginx stream (built in|\/.*\/ngx_stream_module\.so)$/);
    expect(await said(`to: "127.0.0.1:${port}", http: "127.0.0.1:${port}"`)).toEqual([
      module,
      `ok front ${answers}`,
      `ok front ${answers}`,
    ]);
    other.close();
    await once(other, 'close');
    expect(await said(`to: "127.0.0.1:${port}"`)).toEqual([
      module,
      `warn front 127.0.0.1:${port}, which has b.example.com, does not answer from this host`,
    ]);
  });
});
