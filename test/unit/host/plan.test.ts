import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RawAnswers } from '../../../src/cli/init-host/questions.ts';
import { renderPlan } from '../../../src/cli/init-host/render.ts';
import { type ExampleName, exampleNames } from '../../../src/domain/host/answers.ts';
import { hostPlan } from '../../../src/domain/host/host-plan.ts';
import { gather, openFile, partOrder, secretsOf } from '../../../src/domain/host/plan.ts';
import { secretPlaces } from '../../../src/domain/host/secrets.ts';
import { answersOf, twoHosts } from '../../support/host-answers.ts';

const secrets = Object.fromEntries(Object.keys(secretPlaces).map((name) => [name, `(the secret ${name})`]));
const machine = { dockerGid: 999, siskinVersion: '0.1.0' };
const render = (example: ExampleName) => renderPlan(hostPlan(answersOf(example)), secrets, machine);

/** A repository ignores `.env`, and so would this one its golden copies. */
const goldenName = (path: string): string => path.replace(/(^|\/)\./, '$1dot-');

describe.each(exampleNames)('the plan of %s', (example) => {
  it('is written in test/golden/host, file by file', async () => {
    for (const { path, text } of await render(example)) {
      // Those below monitoring's folders have tests of their own, which fill in every value.
      if (/^monitoring\/.+\//.test(path)) continue;
      const golden = join(import.meta.dirname, '../../golden/host', example, goldenName(path));
      await expect(text).toMatchFileSnapshot(golden);
    }
  });

  it('shows a secret only in files for their owner, or in a folder that is', async () => {
    const shown = (await render(example)).filter(({ text }) => text.includes('(the secret '));
    const planned = hostPlan(answersOf(example)).files.filter((file) => secretsOf(file).length > 0);
    expect(shown.map(({ path }) => path).sort()).toEqual(planned.map(({ path }) => path).sort());
    for (const { path, mode } of shown)
      expect({ path, mode }).toEqual({ path, mode: path.includes('/secrets/') ? 0o444 : 0o600 });
  });

  it('finds every secret again where it was written', async () => {
    const files = await render(example);
    const used = new Set(hostPlan(answersOf(example)).files.flatMap(secretsOf));
    for (const name of used) {
      const { file, variable } = secretPlaces[name] ?? {};
      const text = files.find(({ path }) => path === file)?.text;
      const written = `(the secret ${name})\n`;
      if (variable === null) expect(text).toBe(written);
      else expect(text).toContain(`\n${variable}=${written}`);
    }
  });

  it('starts databases first, then what watches, then Siskin, then the front', () => {
    const names = hostPlan(answersOf(example)).parts.map(({ name }) => name);
    expect(names).toEqual(partOrder.filter((name) => names.includes(name)));
    expect(names.slice(-2)).toEqual(['siskin', 'front']);
  });
});

describe('two hosts behind one public address', () => {
  it.each([
    ['first', ['forward/forward-0.conf', 'stream.conf']],
    ['second', []],
  ] as const)('of the %s only the front’s nginx is another', async (name, more) => {
    const one = await render('production-test');
    const files = await renderPlan(hostPlan(answersOf('production-test', twoHosts[name])), secrets, machine);
    const before = new Map(one.map(({ path, text }) => [path, text]));
    const paths = files.map(({ path }) => path);
    const nginx = (path: string) => `front/nginx/${path}`;
    expect(paths.filter((path) => !before.has(path)).sort()).toEqual(more.map(nginx));
    const changed = files.filter(({ path, text }) => before.get(path) !== text);
    for (const { path, text } of changed) {
      expect(path).toMatch(/^front\/nginx\//);
      const golden = join(import.meta.dirname, '../../golden/host/two-hosts', name, path);
      await expect(text).toMatchFileSnapshot(golden);
    }
  });
});

describe('a second machine of which little is known', () => {
  const unknown = { standbyHostKey: '', primaryDomain: '', dnsZone: '', publicUrl: '' };
  const yamlOf = async (changes: Partial<RawAnswers>) => {
    const files = await renderPlan(hostPlan(answersOf('desktop-standby', changes)), secrets, machine);
    return files.find(({ path }) => path === 'siskin.yaml')?.text ?? '';
  };

  it('is in siskin.yaml as comments, which are right when they are filled in', async () => {
    const written = await yamlOf(unknown);
    expect(written).not.toMatch(/^(standby|dns):/m);
    const filled = written
      .replace(/^#(?! )(?=standby:|dns:)/gm, '')
      .replaceAll(/^# {2}/gm, '  ')
      .replace('SHA256:…"', `SHA256:${'A'.repeat(43)}"`)
      .replaceAll('HOME,', 'home.example.net,')
      .replace('ZONE\n', 'example.com\n')
      .replace('probes: []', 'probes: ["tcp://home.example.net:443"]');
    const known = await yamlOf({ publicUrl: '' });
    const said = (text: string) => text.split('\n').filter((line) => !/^ *# /.test(line));
    expect(said(filled)).toEqual(said(known));
  });

  it('is told what is to be done', () => {
    const told = hostPlan(answersOf('desktop-standby', unknown)).toDo.join('\n');
    expect(told).toContain('`ssh-keyscan -t ed25519 standby.example.com | ssh-keygen -lf -`');
    expect(told).toContain('ssh-copy-id -i keys/standby.key.pub ubuntu@standby.example.com');
    expect(hostPlan(answersOf('nas')).toDo).toEqual([]);
  });

  it('is led to by the name of the public address, unless that is an app’s', async () => {
    expect(await yamlOf({ primaryDomain: '' })).toContain('primary: deploy.example.com,');
    expect(await yamlOf({ primaryDomain: '', publicUrl: 'https://shop.example.com' })).toContain('#dns:');
  });
});

describe('repositories', () => {
  const reached = (...app: string[]) => {
    const domain = app.map((word) => `${word.split('=')[0]}=${word.split('=')[0]}.example.com`);
    const plan = hostPlan(answersOf('nas', { app, domain }));
    const yaml = plan.files.find(({ path }) => path === 'siskin.yaml');
    return { yaml: yaml && 'text' in yaml ? yaml.text : '', toDo: plan.toDo };
  };

  it('over ssh get a deploy key each, and pinned host keys', () => {
    const addresses = ['one=git@github.com:acme/one.git', 'two=git@github.com:acme/two.git'];
    const { yaml, toDo } = reached(...addresses, 'three=ssh://git@git.example.com:2222/three.git');
    for (const app of ['one', 'two', 'three'])
      expect(yaml).toContain(`git: { deployKeyFile: keys/${app}, knownHostsFile: keys/known_hosts }\n`);
    expect(toDo).toEqual([
      expect.stringContaining('-f keys/one,'),
      expect.stringContaining('-f keys/two,'),
      expect.stringContaining('-f keys/three,'),
      expect.stringMatching(
        /: ssh-keyscan github\.com >> keys\/known_hosts, ssh-keyscan -p 2222 git\.example\.com >> keys\/known_hosts, compared/,
      ),
      expect.stringContaining('for each file in keys/: chmod 600 and chown 1000:1000'),
    ]);
  });

  it('over https, or on this machine, need none', () => {
    const { yaml, toDo } = reached('one=https://github.com/acme/one.git', 'two=/srv/git/two.git');
    expect(yaml).not.toContain('git:');
    expect(toDo).toEqual([]);
  });
});

describe('producers', () => {
  it('may not write the same file', () => {
    const one = { files: [openFile('a', 'host/env.eta')] };
    expect(() => gather([one, one])).toThrow('a is produced twice');
  });

  it('bring parts that nobody ranked before Siskin’s front', () => {
    const parts = ['front', 'mail', 'main'].map((name) => ({ name, about: name }));
    expect(gather([{ files: [], parts }]).parts.map(({ name }) => name)).toEqual(['main', 'mail', 'front']);
  });

  it('add keys to siskin.yaml', () => {
    const plan = hostPlan(answersOf('nas'), [
      () => ({ files: [], siskinYaml: ['front: { http: "0.0.0.0:80" }\n'] }),
    ]);
    const yaml = plan.files.find(({ path }) => path === 'siskin.yaml');
    expect(yaml && 'text' in yaml && yaml.text).toContain('\nfront: { http: "0.0.0.0:80" }\napps:\n');
  });
});
