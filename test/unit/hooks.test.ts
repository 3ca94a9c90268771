import { describe, expect, it } from 'vitest';
import { type HookEnd, hookContainer, hookFailure } from '../../src/domain/hooks.ts';
import { parseReplicaName } from '../../src/domain/names.ts';
import { readCompose } from '../support/config-samples.ts';

const end = (change: Partial<HookEnd>): HookEnd => ({
  exitCode: 0,
  oomKilled: false,
  timedOut: false,
  tail: [],
  ...change,
});

describe('how a hook ended', () => {
  it.each([
    [end({}), null],
    [end({ exitCode: 3, tail: ['a', 'b', 'c', 'd'] }), 'preDeploy ended with exit code 3: b | c | d'],
    [end({ exitCode: 1 }), 'preDeploy ended with exit code 1 and printed nothing'],
    [
      end({ exitCode: 137, oomKilled: true }),
      'preDeploy was killed, out of memory (exit code 137) and printed nothing',
    ],
    [end({ exitCode: 143 }), 'preDeploy was killed by signal 15 (exit code 143) and printed nothing'],
    [
      end({ exitCode: 0, timedOut: true }),
      'preDeploy did not end within 600 s and was stopped and printed nothing',
    ],
  ])('%j', (one, sentence) => {
    expect(hookFailure('preDeploy', one, 600_000)).toBe(sentence);
  });

  it('is told in bounded length', () => {
    const long = end({ exitCode: 1, tail: Array.from({ length: 10 }, () => 'x'.repeat(2_000)) });
    expect(hookFailure('preDeploy', long, 1)?.length).toBeLessThan(500);
  });
});

it('has a container that is named like no replica', () => {
  const key = { app: 'shop', environment: 'production' };
  const name = hookContainer(key, { service: 'web', release: 2, deployment: 'd7', hook: 'preDeploy' });
  expect(name).toBe('siskin-shop-production-web-r2-d7-preDeploy');
  expect(parseReplicaName(name.replace('siskin-shop-production-web-', ''))).toBeUndefined();
});

describe('x-siskin.hooks', () => {
  const read = (hooks: string) =>
    readCompose(`services: { web: { build: ., x-siskin: { port: 3000, health: { path: / }${hooks} } } }\n`)
      .hooks;

  it('is a program with its arguments, and a time', () => {
    expect(
      read(', hooks: { preDeploy: ["node", "migrate.js"], postDeploy: "sh -c \'echo 1\'", timeout: 5m }'),
    ).toEqual({
      preDeploy: ['node', 'migrate.js'],
      postDeploy: ['sh', '-c', 'echo 1'],
      timeoutMs: 300_000,
    });
    expect(read(', hooks: { preDeploy: [x] }')).toEqual({ preDeploy: ['x'], timeoutMs: 600_000 });
  });

  it('is absent in a spec without any, so that its hash stays what it was', () => {
    expect(read('')).toBeUndefined();
  });
});
