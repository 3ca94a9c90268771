import reference from '@balena/dockerignore';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDockerignore } from '../../../src/adapters/git/dockerignore.ts';

const segment = fc.constantFrom('a', 'b', 'ab', '*', '?', 'a*', '*.b', 'a.b', '**', '[ab]', '[^a]', '\\a');
const pattern = fc
  .tuple(
    fc.constantFrom('', '!', '/', '# ', '! '),
    fc.array(segment, { minLength: 1, maxLength: 4 }),
    fc.constantFrom('', '/', ' '),
  )
  .map(([before, segments, after]) => `${before}${segments.join('/')}${after}`);
const path = fc
  .array(fc.constantFrom('a', 'b', 'ab', 'a.b', 'x', 'ax'), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.join('/'));

describe('parseDockerignore', () => {
  it('agrees with @balena/dockerignore wherever that translates a pattern rightly', () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 5 }), path, (lines, file) => {
        const expected = (
          reference as unknown as (o: object) => { add(text: string): { ignores(path: string): boolean } }
        )({
          ignorecase: false,
        }).add(lines.join('\n'));
        expect(parseDockerignore(lines.join('\n'))(file)).toBe(expected.ignores(file));
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'web/node_modules/a.js', false],
    ['**/node_modules', 'web/node_modules/a.js', true],
    ['*\n!package.json', 'package.json', false],
    ['*\n!src', 'src/deep/a.js', false],
    ['*\n!src\nsrc/deep', 'src/deep/a.js', true],
    ['*.md\n!README.md\nREADME*', 'README.md', true],
    ['app/(group)/*.tmp', 'app/(group)/x.tmp', true],
    ['g++/out', 'g++/out', true],
    ['a|b', 'a', false],
    ['\ufeffa', 'a', true],
    ['# a\n\n!', 'a', false],
    ['A', 'a', false],
  ])('%j ignores %s: %s', (text, file, expected) => {
    expect(parseDockerignore(text)(file)).toBe(expected);
  });

  it('names a pattern that cannot be read', () => {
    expect(() => parseDockerignore('ok\n[a-')).toThrow('the pattern "[a-" has a [ without its ]');
  });

  it('threat 13: a pattern made to backtrack takes steps in proportion to the path only', () => {
    // as a regular expression this would not end before the test's own limit
    const isIgnored = parseDockerignore(`${'*a'.repeat(60)}*b\n${'**/'.repeat(60)}c`);
    expect(isIgnored(`${'a'.repeat(4000)}`)).toBe(false);
    expect(isIgnored(`${'a/'.repeat(2000)}x`)).toBe(false);
  });
});
