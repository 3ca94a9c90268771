import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeIdentity } from '../../../src/adapters/age/identity.ts';
import { SecretStore } from '../../../src/adapters/age/secret-store.ts';
import { judgeFree } from '../../../src/cli/doctor/disk.ts';
import { judgeWarnings } from '../../../src/cli/doctor/docker.ts';
import { judgeVersion } from '../../../src/cli/doctor/programs.ts';
import { judgeMemory, judgePersistence } from '../../../src/cli/doctor/redis.ts';
import { judgeKey } from '../../../src/cli/doctor/repositories.ts';
import { checkSecrets, secretLookalikes } from '../../../src/cli/doctor/secrets.ts';
import { secretsFolder } from '../../../src/config/secret-folders.ts';
import { temporaryFolder } from '../../support/git-repository.ts';

describe('doctor judges', () => {
  it.each([
    ['HAProxy version 2.6.12-1+deb12u4 2026/10/17', 'ok', '2.6.12'],
    ['HA-Proxy version 2.4.2', 'fail', '2.4.2'],
    ['HAProxy version 3.0', 'ok', '3.0'],
    ['something else', 'warn', 'says no version'],
  ])('%s: %s', (output, level, detail) => {
    expect(judgeVersion({ name: 'haproxy', oldest: '2.6' }, output)).toMatchObject({ level, detail });
  });

  it('a Redis that keeps every acknowledged write', () => {
    const good = new Map([
      ['appendonly', 'yes'],
      ['appendfsync', 'always'],
      ['maxmemory-policy', 'noeviction'],
    ]);
    expect(judgePersistence(good)).toEqual([]);
    const warnings = judgePersistence(new Map([...good, ['appendfsync', 'everysec']]));
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ level: 'warn', detail: 'appendfsync is everysec' });
  });

  it.each([
    [80, 100, [{ level: 'warn', detail: 'holds 80 MB of at most 100 MB' }]],
    [79, 100, []],
    [500, null, []],
  ])('a Redis that holds %d MB of at most %s', (used, max, findings) => {
    const memory = { usedBytes: used * 1e6, maxBytes: max === null ? null : max * 1e6 };
    expect(judgeMemory(memory)).toMatchObject(findings);
    expect(judgeMemory(memory)).toHaveLength(findings.length);
  });

  it('a Redis that does not tell its settings as unknown, not as good', () => {
    expect(judgePersistence(new Map())).toHaveLength(3);
  });

  it.each([
    [0.5, 'fail'],
    [3, 'warn'],
    [50, 'ok'],
  ])('%s GiB free: %s', (gib, level) => {
    expect(judgeFree('/data', gib * 1024 ** 3).level).toBe(level);
  });

  it('only those warnings of the engine that weaken limits', () => {
    const found = judgeWarnings([
      'WARNING: No memory limit support',
      'WARNING: bridge-nf-call-iptables is disabled',
    ]);
    expect(found.map(({ detail }) => detail)).toEqual(['WARNING: No memory limit support']);
  });
});

describe('what doctor says of keys and secrets', () => {
  it('judges a deploy key by who may read it', () => {
    expect(judgeKey('shop', '/k', 0o600)).toMatchObject({ level: 'ok' });
    expect(judgeKey('shop', '/k', 0o640)).toMatchObject({ level: 'fail', advice: 'Run: chmod 600 /k' });
    expect(judgeKey('shop', '/k', null)).toMatchObject({ level: 'fail' });
  });

  it('warns of variables that look like secrets', () => {
    const findings = secretLookalikes({
      app: 'shop',
      environment: 'test',
      variables: { LOG: 'x', DB_PASSWORD: 'planted' },
    });
    expect(findings).toMatchObject([{ level: 'warn', detail: expect.stringContaining('DB_PASSWORD') }]);
    expect(JSON.stringify(findings)).not.toContain('planted');
  });

  it('looks at identity, values and the folder in memory', async () => {
    const folder = await temporaryFolder();
    const runDir = await mkdtemp('/dev/shm/siskin-test-');
    const identityFile = join(folder.path, 'identity');
    const secrets = [
      { name: 'A', way: 'env' as const },
      { name: 'B', way: 'file' as const },
    ];
    const environment = {
      environment: 'test',
      branch: 'x',
      forcedPushes: 'allow' as const,
      routes: [],
      profiles: [],
      variables: {},
      secrets,
      secretValues: {},
    };
    const git = { submodules: false as const, lfs: false };
    const app = {
      app: 'shop',
      repository: '/r',
      composeFile: 'c',
      services: ['web'],
      git,
      environments: [environment],
    };
    const config = { dataDir: folder.path, secrets: { identityFile, runDir }, apps: [app] };
    try {
      expect(await checkSecrets(config, {})).toMatchObject([
        { level: 'fail', detail: expect.stringContaining('there is no identity') },
        { level: 'ok', detail: `files go to ${runDir}, in memory` },
      ]);
      const valued = { ...environment, secretValues: { A: 'planted', B: 'planted' } };
      expect(await checkSecrets({ ...config, apps: [{ ...app, environments: [valued] }] }, {})).toMatchObject(
        [{ level: 'ok', detail: `files go to ${runDir}, in memory` }],
      );
      await makeIdentity(identityFile, new Date());
      const store = new SecretStore({ folder: secretsFolder(folder.path), identityFile });
      await store.set(
        { app: 'shop', environment: null },
        { A: 'planted' },
        { via: 'stdin', now: new Date() },
      );
      expect(await checkSecrets(config, {})).toMatchObject([
        { level: 'fail', advice: 'Run: siskin secrets set shop test B' },
        { level: 'ok', detail: `files go to ${runDir}, in memory` },
      ]);
      await store.set(
        { app: 'shop', environment: 'test' },
        { B: 'planted' },
        { via: 'stdin', now: new Date() },
      );
      const onDisk = { ...config, secrets: { identityFile, runDir: join('/var/tmp', 'siskin-test-none') } };
      expect(await checkSecrets(onDisk, {})).toMatchObject([{ level: 'ok' }, { level: 'fail' }]);
    } finally {
      await folder.remove();
      await rm(runDir, { recursive: true });
    }
  });
});
