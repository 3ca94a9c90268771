import { afterEach, describe, expect, it, vi } from 'vitest';
import { envSettings, readEnv } from '../../../src/config/env.ts';

afterEach(() => vi.unstubAllEnvs());

describe('the environment', () => {
  it('is a frozen copy', () => {
    vi.stubEnv('SISKIN_URL', 'http://127.0.0.1:8080');
    const env = readEnv();
    vi.stubEnv('SISKIN_URL', 'changed');
    expect(env.SISKIN_URL).toBe('http://127.0.0.1:8080');
    expect(env.constructor).toBeUndefined();
    expect(Object.isFrozen(env)).toBe(true);
  });

  it.each([
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, 'never'],
    [{ NO_COLOR: '', FORCE_COLOR: '1' }, 'always'],
    [{ FORCE_COLOR: '0' }, 'never'],
    [{ FORCE_COLOR: 'false' }, 'never'],
    [{ FORCE_COLOR: '' }, 'auto'],
  ])('%o wishes colours %s', (env, wish) => expect(envSettings(env).color).toBe(wish));

  it('has named settings', () => {
    expect(envSettings({})).toEqual({ configFile: 'siskin.yaml', color: 'auto' });
    expect(envSettings({ SISKIN_CONFIG: '', SISKIN_URL: '', NO_COLOR: '' })).toEqual({
      configFile: 'siskin.yaml',
      color: 'auto',
    });
    expect(
      envSettings({ SISKIN_CONFIG: 'a.yaml', SISKIN_URL: 'u', SISKIN_TOKEN: 't', NO_COLOR: '1' }),
    ).toEqual({
      configFile: 'a.yaml',
      url: 'u',
      token: 't',
      color: 'never',
    });
  });
});
