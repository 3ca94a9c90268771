import { describe, expect, it } from 'vitest';
import { wantedAt } from '../../../src/cli/completion/wanted.ts';
import { cliProgram, leaves, nameOf } from '../../support/cli-page.ts';

const program = await cliProgram();
const wanted = (line: string) => wantedAt(program, line.split(' ')).wanted;
const words = (line: string): string[] => {
  const result = wanted(line);
  return result.kind === 'words' ? result.candidates.map(({ value }) => value) : [`(${result.kind})`];
};

describe('what may come next', () => {
  it.each([
    ['dep', ['deploy']],
    ['un', ['unfreeze']],
    ['config ', ['check', 'schema', 'help']],
    ['config sc', ['schema']],
    ['deploy --w', ['--wait']],
    ['deploy shop --wait --re', ['--ref']],
    ['logs d1 --f', ['--follow']],
    ['token new x --role ', ['viewer', 'deployer', 'admin']],
    ['simulate --compare ', ['baseline', 'absolute']],
    ['completion ', ['bash', 'zsh', 'fish']],
    ['--no', ['--no-color']],
    ['status --config ', ['(files)']],
    ['config check ', ['(files)']],
    ['show d1 ', ['(nothing)']],
    ['nonsense ', ['(nothing)']],
    ['status --json shop production ', ['(nothing)']],
  ])('after "siskin %s"', (line, expected) => expect(words(line)).toEqual(expected));

  it.each([
    ['deploy ', 'app', []],
    ['deploy shop ', 'environment', ['shop']],
    ['deploy --ref release shop ', 'environment', ['shop']],
    ['--config x.yaml deploy shop ', 'environment', ['shop']],
    ['rollback shop production r', 'release', ['shop', 'production']],
    ['show ', 'id', []],
    ['deploy --sha ', 'sha', []],
  ])('"siskin %s" wants a value of %s', (line, of, before) => {
    expect(wanted(line)).toEqual({ kind: 'value', of, before });
  });

  it('knows which server and siskin.yaml the line names', () => {
    const { options } = wantedAt(program, ['--url', 'http://x', 'deploy', '--config', 'a.yaml', '']);
    expect(options).toEqual({ url: 'http://x', config: 'a.yaml' });
  });

  it('offers every verb that help shows, and no hidden one', () => {
    const offered = words('');
    for (const verb of leaves(program)) expect(offered).toContain(nameOf(verb).split(' ')[0]);
    expect(offered.filter((one) => one.startsWith('_'))).toEqual([]);
  });
});
