import { expect, it } from 'vitest';
import { parseHeads } from '../../../src/adapters/git/heads.ts';

const sha = 'a'.repeat(40);

it('takes whole refs that were asked for, with full ids, and nothing else of what a remote says', () => {
  const answer = [
    `${sha}\trefs/heads/main`,
    `${'b'.repeat(40)}\trefs/heads/x/refs/heads/main`,
    `${'c'.repeat(40)}\trefs/heads/other`,
    `${'d'.repeat(39)}\trefs/heads/test`,
    `--upload-pack=x\trefs/heads/test`,
    'refs/heads/test',
    '',
  ].join('\n');
  expect([...parseHeads(answer, ['main', 'test'])]).toEqual([['main', sha]]);
});
