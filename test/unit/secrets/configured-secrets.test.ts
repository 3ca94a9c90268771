import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeIdentity } from '../../../src/adapters/age/identity.ts';
import { SecretStore } from '../../../src/adapters/age/secret-store.ts';
import { redacted } from '../../../src/config/redacted.ts';
import { secretsFolder } from '../../../src/config/secret-folders.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { configMask, openSecrets } from '../../../workers/secrets.ts';
import { mistakesOf } from '../../support/config-samples.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

const key = { app: 'shop', environment: 'production' };
const now = new Date();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;

const configOf = (secrets: string, env: Record<string, string>) =>
  parseSiskinConfig(
    `dataDir: ./data
apps:
  shop:
    repo: https://github.com/acme/shop.git
    service: web
    environments:
      production: { branch: release, secrets: ${secrets} }
`,
    join(folder.path, 'siskin.yaml'),
    env,
  );

async function open(secrets: string, env: Record<string, string>) {
  const config = configOf(secrets, env);
  const mask = configMask(config);
  return { config, mask, secrets: await openSecrets(config, mask, { warn: () => {} }) };
}

describe('secrets whose values siskin.yaml holds', () => {
  beforeEach(async () => {
    folder = await temporaryFolder();
  });
  afterEach(async () => {
    await folder.remove();
  });

  it('need no identity made by hand, and give releases a digest', async () => {
    const { config, secrets } = await open(`[{ name: URL, value: "\${URL}" }]`, { URL: 'planted-value' });
    expect(await secrets.read(key)).toEqual(new Map([['URL', 'planted-value']]));
    expect(await secrets.seal('a')).toMatch(/^[0-9a-f]{32}$/);
    expect((await stat(config.secrets.identityFile)).mode & 0o777).toBe(0o600);
    const again = await open(`[{ name: URL, value: "\${URL}" }]`, { URL: 'planted-value' });
    expect(await again.secrets.seal('a')).toBe(await secrets.seal('a'));
  });

  it('stay as they are written, are masked and never shown', async () => {
    const { config, mask } = await open(`[{ name: PIN, value: "\${PIN}", file: true }]`, { PIN: '00123456' });
    expect(config.apps[0]?.environments[0]).toMatchObject({
      secrets: [{ name: 'PIN', way: 'file' }],
      secretValues: { PIN: '00123456' },
    });
    expect(mask.text('it is 00123456')).toBe('it is ***');
    expect(JSON.stringify(redacted(config))).not.toContain('00123456');
  });

  it('win over those that were set, which are masked all the same', async () => {
    const config = configOf(`[OTHER, { name: URL, value: "\${URL}" }]`, { URL: 'planted-new' });
    const { identityFile } = config.secrets;
    await makeIdentity(identityFile, now);
    const store = new SecretStore({ folder: secretsFolder(config.dataDir), identityFile });
    await store.set(key, { URL: 'planted-old', OTHER: 'planted-other' }, { via: 'stdin', now });
    const { secrets, mask } = await open(`[OTHER, { name: URL, value: "\${URL}" }]`, { URL: 'planted-new' });
    expect(Object.fromEntries(await secrets.read(key))).toEqual({
      URL: 'planted-new',
      OTHER: 'planted-other',
    });
    expect(mask.text('planted-old planted-new planted-other')).toBe('*** *** ***');
  });

  it('make no identity where others are kept: a lost one is not replaced unseen', async () => {
    const { secrets } = await open('[OTHER, { name: URL, value: x-y-z }]', {});
    await expect(secrets.read(key)).rejects.toMatchObject({ code: 'SECRETS_IDENTITY_MISSING' });
  });

  it('are refused when the variable is empty or not set, without being shown', () => {
    expect(mistakesOf(() => configOf(`[{ name: URL, value: "\${URL}" }]`, { URL: '' }))).toEqual([
      expect.stringContaining('has a value of 0 characters: it must be of 1 to 65536'),
    ]);
    expect(mistakesOf(() => configOf(`[{ name: URL, value: "\${URL}" }]`, {}))).toEqual([
      expect.stringContaining('has a value of 0 characters'),
      expect.stringContaining('URL is not set'),
    ]);
    expect(mistakesOf(() => configOf('[{ name: URL, value: [planted] }]', {})).join()).not.toContain(
      'planted',
    );
  });
});
