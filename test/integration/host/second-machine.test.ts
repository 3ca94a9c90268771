import { execFile } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, get } from 'node:https';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseEnvFile } from '../../../src/config/env-file.ts';
import { runSiskin } from '../../support/app-cli.ts';
import { type SmallEngine, startSmallEngine } from '../../support/chaos-engine.ts';
import { type EngineSshd, startEngineSshd } from '../../support/engine-sshd.ts';
import { freePort } from '../../support/free-port.ts';
import { edit, initHost, removeProject, scratchFolder, siskin } from '../../support/host-bundle.ts';
import { makeNginxImage } from '../../support/nginx-image.ts';
import { ensurePostgresImage, postgresImage } from '../../support/postgres-image.ts';

const exec = promisify(execFile);
const project = `host-${randomUUID().slice(0, 8)}`;
const nginx = `siskin-test/nginx:${project}`;
const image = (tag: string): string => `siskin-test/${project}:${tag}`;
let scratch: Awaited<ReturnType<typeof scratchFolder>>;
/** What the guide has on the first machine, and its copy on the second one. */
let [first, second] = ['', ''];
/** The first machine's: nothing of it talks to its neighbours, which would need a firewall's rules. */
let engine: SmallEngine;
let sshd: EngineSshd;
let https: number;

const there = async (...words: string[]) => (await exec('docker', words)).stdout.trim();
const here = (...words: string[]) => there('--host', `unix://${engine.folder}/docker.sock`, ...words);
const PATH = process.env.PATH ?? '';

beforeAll(async () => {
  scratch = await scratchFolder();
  [first, second] = [join(scratch.path, 'first'), join(scratch.path, 'second')];
  await ensurePostgresImage();
  await makeNginxImage(nginx);
  engine = await startSmallEngine(700, ['busybox:1.36', postgresImage]);
  sshd = await startEngineSshd(join(scratch.path, 'sshd'), '/var/run/docker.sock');
  await writeFolders();
  await here(
    'run',
    '-d',
    '--name',
    `${project}-db`,
    '--label',
    `siskin.host.database=${project}`,
    '-e',
    'POSTGRES_USER=app',
    '-e',
    'POSTGRES_DB=shop',
    postgresImage,
  );
  await release('r1');
  await certificates();
}, 180_000);
afterAll(async () => {
  await removeProject(project);
  await there('volume', 'rm', '-f', 'siskin-standby', `${project}_front-certificates`);
  const brought = [nginx, image('r1'), image('r2'), 'siskin/shop-production-web:standby'];
  for (const name of brought) await there('rmi', '-f', name).catch(() => '');
  await sshd?.stop();
  await engine?.remove();
  await scratch?.remove();
}, 120_000);

async function writeFolders(): Promise<void> {
  https = await freePort();
  const { port } = new URL(sshd.docker);
  const told = ['--standby', 'root@127.0.0.1', '--standby-host-key', sshd.hostKey, '--project', project];
  const ports = ['--http-port', `${await freePort()}`, '--https-port', `${https}`];
  const subnet = ['--front-subnet', `10.213.${randomInt(256)}.${16 * randomInt(16)}/28`];
  const { code, err } = await initHost(first, 'desktop-standby', ...told, ...ports, ...subnet);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  await edit(join(first, 'siskin.yaml'), /ssh:\/\/root@127\.0\.0\.1$/m, `ssh://root@127.0.0.1:${port}`);
  await edit(join(first, 'siskin.yaml'), /^dataDir: .*/m, `dataDir: ${join(scratch.path, 'data')}`);
  await edit(
    join(first, 'siskin.yaml'),
    /unix:\/\/\/var\/run\/docker\.sock/,
    `unix://${engine.folder}/docker.sock`,
  );
  await copyFile(sshd.key, join(first, 'keys', 'standby.key'));
  await chmod(join(first, 'keys', 'standby.key'), 0o600);
  await cp(first, second, { recursive: true });
  await edit(join(second, '.env'), /^COMPOSE_PROFILES=.*/m, 'COMPOSE_PROFILES=standby');
  await edit(join(second, 'standby', '.env'), /^POSTGRES_IMAGE=.*/m, `POSTGRES_IMAGE=${postgresImage}`);
  // The stand-in runs no init.sql, and makes one database.
  await edit(join(second, 'standby', 'docker-compose.yml'), /POSTGRES_DB: postgres/, 'POSTGRES_DB: shop');
  await edit(join(second, 'front', '.env'), /^NGINX_IMAGE=.*/m, `NGINX_IMAGE=${nginx}`);
  // Nobody but root of the whole machine may raise it, and tests run in containers, too.
  for (const part of ['standby', 'front'])
    await edit(join(second, part, '.env'), /^NOFILE=.*$/m, 'NOFILE=1024');
}

/** An app that tells its release, run as Siskin runs a replica. */
async function release(tag: string): Promise<void> {
  const folder = join(scratch.path, tag);
  await mkdir(folder);
  await writeFile(
    join(folder, 'Dockerfile'),
    `FROM busybox:1.36\nRUN mkdir /www && echo ${tag} > /www/index.html\nCMD ["httpd", "-f", "-p", "3000", "-h", "/www"]\n`,
  );
  await here('build', '--quiet', '--tag', image(tag), folder);
  await here('rm', '-f', `${project}-app`).catch(() => '');
  const labels = ['app=shop', 'environment=production', 'service=web'].flatMap((one) => [
    '--label',
    `siskin.${one}`,
  ]);
  await here('run', '-d', '--name', `${project}-app`, ...labels, image(tag));
}

/** As certbot's hook leaves them: chain and key in one file, for the front's group. */
async function certificates(): Promise<void> {
  const [key, chain] = [join(scratch.path, 'key.pem'), join(scratch.path, 'chain.pem')];
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '2',
  ];
  await exec('openssl', [...request, '-subj', '/CN=shop.example.com', '-keyout', key, '-out', chain]);
  await writeFile(
    join(scratch.path, 'pair.pem'),
    (await readFile(chain, 'utf8')) + (await readFile(key, 'utf8')),
  );
  const copy =
    'for turn in a b; do f=/served/shop.example.com.$turn.pem; cat > $f < /pair.pem; chgrp 101 $f; chmod 640 $f; done';
  const mounts = [
    '-v',
    `${project}_front-certificates:/served`,
    '-v',
    `${scratch.path}/pair.pem:/pair.pem:ro`,
  ];
  await here('run', '--rm', ...mounts, 'busybox:1.36', 'sh', '-c', copy);
}

const onFirst = async (...words: string[]) => {
  const file = join(first, 'siskin', '.env');
  const env = { PATH, ...parseEnvFile(await readFile(file, 'utf8'), file) };
  return await runSiskin(['--config', join(first, 'siskin.yaml'), ...words], { env });
};
const onSecond = siskin;

/** What a user of shop.example.com is answered, and the name in the certificate. */
async function answer(): Promise<{ status: number | undefined; text: string }> {
  const agent = new Agent({ rejectUnauthorized: false });
  const options = {
    host: '127.0.0.1',
    port: https,
    servername: 'shop.example.com',
    headers: { host: 'shop.example.com' },
  };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ ...options, agent }, resolve).on('error', reject);
  });
  let text = '';
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, text };
}

const sql = (at: typeof there, container: string, statement: string) =>
  at('exec', container, 'psql', '--username=app', '--dbname=shop', '-Atc', statement);

it('the guide from the copied folder to the newest release, answered over TLS by the second machine', async () => {
  const images = await onFirst('standby', 'sync', '--images-only');
  expect({ code: images.code, err: images.err }).toEqual({ code: 0, err: '' });
  expect(images.out).toContain('only images were brought');

  const start = await onSecond('host', 'start', second);
  expect({ code: start.code, err: start.err }).toEqual({ code: 0, err: '' });
  expect(start.out).toMatch(/✓ standby +standby-postgres, standby-shop\n✓ front +standby-front\n/);
  await expect(answer()).rejects.toThrow();

  await sql(here, `${project}-db`, 'create table goods as select 7 as id');
  const sync = await onFirst('standby', 'sync');
  expect({ code: sync.code, err: sync.err }).toEqual({ code: 0, err: '' });
  expect(await sql(there, `${project}-standby-postgres`, 'select id from goods')).toBe('7');
  expect(await answer()).toEqual({ status: 200, text: 'r1\n' });

  await release('r2');
  expect((await onFirst('standby', 'sync')).out).toContain(`container ${project}-standby-shop: started anew`);
  expect(await answer()).toEqual({ status: 200, text: 'r2\n' });
  const { containers } = JSON.parse((await onFirst('standby', 'status', '--json')).out);
  expect(containers).toEqual([
    { name: `${project}-standby-front`, state: 'running', healthy: true },
    { name: `${project}-standby-shop`, state: 'running', healthy: null },
    { name: `${project}-standby-postgres`, state: 'running', healthy: true },
  ]);
  // Compose knows its container again.
  expect((await onSecond('host', 'start', second)).code).toBe(0);
  expect(await answer()).toEqual({ status: 200, text: 'r2\n' });
});
