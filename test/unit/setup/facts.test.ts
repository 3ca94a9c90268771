import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeSupported, systemFacts } from '../../../scripts/setup/facts.mjs';
import { distState, modulesState } from '../../../scripts/setup/freshness.mjs';
import { parseOptions } from '../../../scripts/setup/options.mjs';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'siskin-setup-test-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (path: string, content: string, mtime?: number) => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), content);
  if (mtime !== undefined) utimesSync(join(root, path), mtime, mtime);
};

describe('node_modules', () => {
  const lock = {
    packages: {
      '': { name: 'siskin' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/darwin-only': { version: '2.0.0', integrity: 'sha512-d', optional: true },
    },
  };
  const installed = (packages: object) => {
    write('package-lock.json', JSON.stringify(lock));
    write('node_modules/.package-lock.json', JSON.stringify({ packages }));
  };

  it('are missing before the first npm ci', () => {
    write('package-lock.json', JSON.stringify(lock));
    expect(modulesState(root)).toBe('missing');
  });
  it('match without the optional packages of other platforms', () => {
    installed({ 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } });
    expect(modulesState(root)).toBe('match');
  });
  it.each([
    ['another version', { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-a' } }],
    ['other content', { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } }],
    ['one too few', {}],
    [
      'one too many',
      {
        'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
        'node_modules/b': { version: '1.0.0' },
      },
    ],
  ])('are stale with %s', (_case, packages) => {
    installed(packages);
    expect(modulesState(root)).toBe('stale');
  });
});

describe('dist', () => {
  it('is missing until a build has succeeded, whatever half-built files there are', () => {
    write('src/a.ts', '');
    write('dist/src/a.js', '');
    expect(distState(root)).toBe('missing');
  });
  it('is stale when a source or a folder of sources is newer', () => {
    write('src/a.ts', '', 1_000);
    utimesSync(join(root, 'src'), 1_000, 1_000);
    write('dist/.built', '', 2_000);
    expect(distState(root)).toBe('fresh');
    utimesSync(join(root, 'src'), 3_000, 3_000);
    expect(distState(root)).toBe('stale');
  });
});

describe('the system', () => {
  it('is read from os-release', () => {
    expect(systemFacts('linux', 'PRETTY_NAME="Ubuntu 24.04"\nID=ubuntu\nID_LIKE=debian\n')).toEqual({
      id: 'ubuntu',
      like: ['debian'],
      linux: true,
      apt: true,
    });
    expect(systemFacts('darwin', '')).toMatchObject({ id: 'darwin', linux: false, apt: false });
  });
  it.each([
    ['20.18.3', false],
    ['20.19.0', true],
    ['22.1.0', true],
    ['18.20.0', false],
  ])('knows whether Node %s will do: %s', (version, supported) => {
    expect(nodeSupported(version)).toBe(supported);
  });
});

describe('options', () => {
  it('need docker-compose when npm test is the caller', () => {
    expect(parseOptions([], { npm_lifecycle_event: 'test' }).tests).toBe(true);
    expect(parseOptions([], { npm_lifecycle_event: 'demo' }).tests).toBe(false);
  });
  it('refuse a name that does not exist', () => {
    expect(() => parseOptions(['--chek'], {})).toThrow('unknown option --chek');
  });
});
