import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { selfSigned } from '../../support/front-fixture.ts';

const hook = join(import.meta.dirname, '../../../deploy-templates/certbot/install-certificate.sh');

it('certbot’s deploy hook makes the files that nginx reads, for each name, and replaces them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sk-hook-'));
  try {
    const served = join(folder, 'served');
    await promisify(execFile)('mkdir', [served]);
    const lineage = join(folder, 'certs', 'shop');
    for (let round = 0; round < 2; round++) {
      await selfSigned(folder, 'shop', ['a.example.com', 'b.example.com']);
      await promisify(execFile)('sh', [hook], {
        env: {
          PATH: process.env.PATH,
          RENEWED_LINEAGE: lineage,
          RENEWED_DOMAINS: round === 0 ? 'a.example.com b.example.com' : 'a.example.com',
          SISKIN_SERVED_CERTIFICATES: served,
        },
      });
    }
    const pem = `${await readFile(join(lineage, 'fullchain.pem'), 'utf8')}${await readFile(join(lineage, 'privkey.pem'), 'utf8')}`;
    const names = [
      'a.example.com.a.pem',
      'a.example.com.b.pem',
      'b.example.com.a.pem',
      'b.example.com.b.pem',
    ];
    expect((await readdir(served)).sort()).toEqual(names);
    for (const name of names.slice(0, 2)) expect(await readFile(join(served, name), 'utf8')).toBe(pem);
    expect(await readFile(join(served, 'b.example.com.b.pem'), 'utf8')).not.toBe(pem);
  } finally {
    await rm(folder, { recursive: true });
  }
});
