import { describe, expect, it } from 'vitest';
import { type HostQuestion, hostQuestions, type RawAnswers } from '../../../src/cli/init-host/questions.ts';
import { SiskinError } from '../../../src/domain/errors/siskin-error.ts';
import type { ExampleName } from '../../../src/domain/host/answers.ts';
import { answersOf } from '../../support/host-answers.ts';

describe('a word', () => {
  it.each<[HostQuestion, string, boolean]>([
    ['example', 'nas', true],
    ['example', 'cloud', false],
    ['app', 'shop=https://github.com/acme/shop.git', true],
    ['app', 'shop', false],
    ['app', '../x=https://github.com/acme/shop.git', false],
    ['app', 'a;rm -rf=https://github.com/acme/shop.git', false],
    ['app', 'Shop=https://github.com/acme/shop.git', false],
    ['app', 'shop=ext::sh -c id', false],
    ['app', 'shop=https://user:pass@github.com/acme/shop.git', false],
    ['domain', 'shop=shop.example.com', true],
    ['domain', 'shop/test=test.example.com', true],
    ['domain', 'shop/staging=test.example.com', false],
    ['domain', 'shop=exa mple.com', false],
    ['domain', 'shop=shop.example.com; return 301', false],
    ['domain', 'shop=*.example.com', false],
    ['domain', 'shop=쇼핑.example.com', false],
    ['domain', 'shop.example.com', false],
    ['branch', '--upload-pack=x', false],
    ['allow', '203.0.113.0/24', true],
    ['allow', '203.0.113.7', true],
    ['allow', '2001:db8::/32', true],
    ['allow', '203.0.113.0/33', false],
    ['allow', '999.0.0.1', false],
    ['allow', 'office', false],
    ['databaseHost', 'db.example.com', true],
    ['databaseHost', 'db.example.com:5433', true],
    ['databaseHost', 'db.example.com:0', false],
    ['databaseHost', 'postgres://u:p@db', false],
    ['standby', 'ubuntu@standby.example.com', true],
    ['standby', '-oProxyCommand=id@x', false],
    ['standby', 'standby.example.com', false],
    ['publicUrl', '', true],
    ['publicUrl', 'https://deploy.example.com', true],
    ['publicUrl', 'https://deploy.example.com/x', false],
    ['email', '', true],
    ['email', 'a"b@example.com', false],
    ['project', 'acme', true],
    ['project', 'Acme Inc', false],
    ['memory', '8G', true],
    ['memory', 'much', false],
    ['replicas', '0', false],
    ['httpPort', '65536', false],
    ['forward', 'grafana.example.com=192.168.0.20', true],
    ['forward', 'grafana.example.com=maintenance', false],
    ['forward', 'grafana.example.com', false],
    ['forward', '10.0.0.7=192.168.0.20', false],
    ['forward', 'a.example.com; return 200=192.168.0.20', false],
    ['behind', '', true],
    ['behind', '192.168.0.10', true],
    ['behind', '192.168.0.0/24', false],
  ])('%s %s is right: %s', (question, word, right) => {
    expect(hostQuestions[question].problem(word) === undefined).toBe(right);
  });
});

describe('answers that do not fit together', () => {
  const shop = 'shop=https://github.com/acme/shop.git';

  it.each<[ExampleName, Partial<RawAnswers>, string]>([
    ['nas', { app: [], domain: [] }, 'At least one app is needed'],
    [
      'nas',
      { forward: ['Talk.example.com=192.168.0.20'] },
      'talk.example.com is served here and passed on: a name belongs to one machine.',
    ],
    [
      'nas',
      { forward: ['deploy.example.com=192.168.0.20'] },
      'deploy.example.com is served here and passed on: a name belongs to one machine.',
    ],
    [
      'nas',
      { forward: ['a.example.com=192.168.0.20', 'a.example.com=192.168.0.21'] },
      'a.example.com is passed on twice: keep one --forward.',
    ],
    [
      'nas',
      { forward: ['a.example.com=192.168.0.20'], behind: '192.168.0.20' },
      '192.168.0.20 would pass on to this machine, and this machine to it.',
    ],
    ['nas', { app: [shop, shop], domain: ['shop=a.example.com'] }, 'The app shop is there twice'],
    ['nas', { domain: [] }, 'talk has no domain for production: --domain talk=HOST.'],
    [
      'nas',
      { domain: ['talk=talk.example.com', 'tlak=x.example.com'] },
      'tlak=x.example.com is for tlak/production',
    ],
    [
      'desktop-standby',
      { domain: ['shop=a.example.com', 'dock-watch=A.example.com'] },
      'a.example.com is the domain of two',
    ],
    [
      'nas',
      { app: [shop, 'a-b=https://github.com/x/y.git', 'shop-=https://github.com/x/z.git'] },
      'shop- has no domain',
    ],
    ['nas', { httpPort: '8080' }, 'Port 8080 is used for two things.'],
    ['desktop-standby', { standby: '' }, '--standby: It must be USER@HOST'],
    ['desktop-standby', { standbyApp: 'blog' }, 'The standby is to run blog, which is none of the apps.'],
    ['desktop-standby', { standbyDomain: 'shop.example.com' }, 'no app may have it as its domain'],
    ['production-test', { databaseHost: '' }, '--database-host: It must be a host name'],
    ['production-test', { allow: [] }, 'who may reach it: --allow'],
    ['production-test', { testBranch: 'release' }, 'follow the branch release'],
    ['nas', { email: 'x', memory: 'y' }, '--memory: It must be a size'],
  ])('%s %j: %s', (example, changes, sentence) => {
    let thrown: unknown;
    try {
      answersOf(example, changes);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(SiskinError);
    expect(thrown).toMatchObject({
      code: 'HOST_ANSWERS_INVALID',
      message: expect.stringContaining(sentence),
    });
  });

  it('are all told at once', () => {
    expect(() => answersOf('nas', { email: 'x', memory: 'y' })).toThrow(/--email: .*\n--memory: /);
  });

  it('an answer that the example has no use for is not looked at', () => {
    expect(answersOf('nas', { standby: 'nonsense' }).standby).toBeUndefined();
  });
});
