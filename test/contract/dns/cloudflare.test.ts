import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCliHere } from '../../support/cli-in-process.ts';
import { FakeCloudflare, failure } from '../../support/fake-cloudflare/fake-cloudflare.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

const token = 'cloudflare-token-0123456789';
const everything = ['zone:read', 'dns:read', 'dns:edit'];
const primary = 'home.example.net';
const standby = 'backup.example.com';
let fake: FakeCloudflare;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let file: string;

beforeEach(async () => {
  fake = await FakeCloudflare.start('example.com');
  fake.tokens.set(token, { permissions: everything });
  fake.add('shop.example.com', primary, { proxied: true });
  fake.add('api.example.com', primary, { ttl: 120 });
  fake.add('other.example.com', 'elsewhere.example.net');
  folder = await temporaryFolder();
  file = join(folder.path, 'siskin.yaml');
  await writeFile(
    file,
    `dns:
  tokenFile: cloudflare.token
  zone: example.com
  apiUrl: ${fake.url}
  records:
    - { name: shop.example.com, primary: ${primary}, standby: ${standby} }
    - { name: api.example.com, primary: ${primary}, standby: ${standby} }
`,
  );
  await writeFile(join(folder.path, 'cloudflare.token'), `${token}\n`, { mode: 0o600 });
});
afterEach(async () => {
  await fake.close();
  await folder.remove();
});

const dns = (...words: string[]) => runCliHere(file, ['dns', ...words]);
const edits = () => fake.requests.filter((line) => line.startsWith('PATCH'));
const contents = () => fake.records.map(({ content }) => content);

describe('siskin dns', () => {
  it('shows where names lead', async () => {
    const { exitCode, output } = await dns('show', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject([
      { name: 'shop.example.com', at: 'primary', content: primary, proxied: true, ttl: 1 },
      { name: 'api.example.com', at: 'primary', content: primary, proxied: false, ttl: 120 },
    ]);
  });

  it('switches there and back, and touches nothing but where they lead', async () => {
    const before = structuredClone(fake.records);
    expect(await dns('switch', '--yes')).toMatchObject({ exitCode: 0 });
    expect(contents()).toEqual([standby, standby, 'elsewhere.example.net']);
    expect(await dns('switch', 'standby', '--yes')).toMatchObject({ exitCode: 0 });
    expect(edits()).toHaveLength(2);
    const back = await dns('switch', '--yes', '--json');
    expect(JSON.parse(back.output)).toMatchObject({ to: 'primary', changed: true, already: [] });
    expect(fake.records).toEqual(before);
  });

  it('changes nothing in a dry run, nor without an answer to its question', async () => {
    const { output, exitCode } = await dns('switch', 'standby', '--dry-run');
    expect(exitCode).toBe(0);
    expect(output).toContain(`shop.example.com: ${primary} → ${standby}`);
    expect(await dns('switch', 'standby')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('CONFIRMATION_NEEDED'),
    });
    expect(edits()).toEqual([]);
  });

  it.each([
    ['an unknown token', 'other', everything, /DNS_TOKEN_REFUSED.*Invalid access token \(403, code 9109\)/],
    [
      'one that may not edit',
      token,
      ['zone:read', 'dns:read'],
      /DNS_TOKEN_REFUSED.*change the record of shop/,
    ],
    ['one that sees no zone', token, [], /DNS_ZONE_MISSING.*no zone example\.com/],
  ])('says what is wrong with %s', async (_, known, permissions, message) => {
    fake.tokens.clear();
    fake.tokens.set(known, { permissions });
    const { exitCode, errors } = await dns('switch', 'standby', '--yes');
    expect(exitCode).toBe(1);
    expect(errors).toMatch(message);
    expect(errors).toContain('Zone.Zone');
    expect(errors).not.toContain(token);
    expect(contents()).toEqual([primary, primary, 'elsewhere.example.net']);
  });

  it('refuses before anything moves when a name has no CNAME', async () => {
    Object.assign(fake.records[1] ?? {}, { type: 'A', content: '192.0.2.1' });
    const { errors } = await dns('switch', 'standby', '--yes');
    expect(errors).toContain(
      'DNS_NOT_SWITCHABLE: nothing was switched: api.example.com is no single CNAME but A',
    );
    expect(edits()).toEqual([]);
  });

  it('says which is where when it stops half-way, and goes on from there', async () => {
    fake.moods.push(null, failure(400, 1004, 'DNS Validation Error'));
    const { errors } = await dns('switch', 'standby', '--yes');
    expect(errors).toMatch(
      /DNS_SWITCH_INCOMPLETE.*shop.example.com leads to standby, api.example.com leads to primary/,
    );
    expect(await dns('switch')).toMatchObject({ errors: expect.stringContaining('DNS_SIDE_UNCLEAR') });
    expect(await dns('switch', 'standby', '--yes')).toMatchObject({ exitCode: 0 });
    expect(contents()).toEqual([standby, standby, 'elsewhere.example.net']);
  });

  it('waits as long as Cloudflare asks for, and reads back what it did', async () => {
    fake.moods.push(failure(429, 10_429, 'Rate limited', { 'retry-after': '0.01' }));
    expect(await dns('switch', 'standby', '--yes')).toMatchObject({ exitCode: 0 });
    expect(edits()).toHaveLength(3);
    fake.forgetful = true;
    expect(await dns('switch', 'primary', '--yes')).toMatchObject({
      exitCode: 1,
      errors: expect.stringContaining('read back after switching to primary, these lead elsewhere'),
    });
  });

  it('does not take a token that others can read', async () => {
    await chmod(join(folder.path, 'cloudflare.token'), 0o644);
    expect((await dns('show')).errors).toContain('KEY_FILE_EXPOSED');
    expect(fake.requests).toEqual([]);
  });
});
