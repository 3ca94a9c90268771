import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readGithubAppKey } from '../../../src/config/github-key.ts';
import { redacted } from '../../../src/config/redacted.ts';
import { loadSiskinConfig, parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { siskinYaml } from '../../support/config-samples.ts';

let folder = '';
let file = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sk-'));
  file = join(folder, 'app.pem');
});
afterEach(() => rmSync(folder, { recursive: true }));

const pem = (kind: 'rsa' | 'ed25519', type: 'pkcs1' | 'pkcs8' = 'pkcs8'): string =>
  (kind === 'rsa'
    ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type, format: 'pem' })
    : generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })
  ).toString();
const write = (text: string, mode = 0o600) => {
  writeFileSync(file, text, { mode });
  chmodSync(file, mode);
};

it('takes a key as GitHub gives it, which only its owner, or its group too, can read', async () => {
  const key = pem('rsa', 'pkcs1');
  for (const mode of [0o600, 0o400, 0o640]) {
    write(key, mode);
    expect(await readGithubAppKey(file)).toBe(key);
  }
});

it.each([0o644, 0o604, 0o660, 0o602])('refuses one with mode %o, with what to do', async (mode) => {
  write(pem('rsa'), mode);
  await expect(readGithubAppKey(file)).rejects.toMatchObject({
    code: 'KEY_FILE_EXPOSED',
    message: expect.stringContaining(`mode ${mode.toString(8)}`),
    hint: expect.stringContaining(`chmod 600 ${file}`),
  });
});

it.each([
  ['an Ed25519 key', () => pem('ed25519')],
  ['a text', () => 'hunter2'],
])('refuses %s without showing it', async (_, text) => {
  write(text());
  const error = await readGithubAppKey(file).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'KEY_FILE_INVALID' });
  expect(String(error)).not.toContain('hunter2');
});

it('siskin.yaml is refused with such a key, and with one that is not there', async () => {
  const config = join(folder, 'siskin.yaml');
  writeFileSync(config, siskinYaml('github: { app: { id: 7, privateKeyFile: app.pem } }'));
  await expect(loadSiskinConfig(config, {})).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  write(pem('rsa'), 0o644);
  await expect(loadSiskinConfig(config, {})).rejects.toMatchObject({ code: 'KEY_FILE_EXPOSED' });
  write(pem('rsa'));
  expect((await loadSiskinConfig(config, {})).github.auth).toEqual({
    kind: 'app',
    id: 7,
    privateKeyFile: file,
  });
});

it('a token is hidden where the configuration is shown', () => {
  const config = parseSiskinConfig(siskinYaml('github: { token: hunter2hunter2 }'), 'siskin.yaml', {});
  expect(config.github.auth).toEqual({ kind: 'token', token: 'hunter2hunter2' });
  expect(JSON.stringify(redacted(config))).not.toContain('hunter2');
});

it.each([
  ['https://api.github.com/', 'https://api.github.com'],
  ['https://api.acme.ghe.com', 'https://api.acme.ghe.com'],
  ['https://git.acme.example/api/v3/', 'https://git.acme.example/api/v3'],
  ['http://127.0.0.1:4000/api/v3', 'http://127.0.0.1:4000/api/v3'],
])('takes the API address %s', (written, read) => {
  const text = siskinYaml(`github: { apiUrl: "${written}" }`);
  expect(parseSiskinConfig(text, 'siskin.yaml', {}).github.apiUrl).toBe(read);
});
