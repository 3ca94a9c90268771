// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax under test

import { describe, expect, it } from 'vitest';
import { interpolate } from '../../../src/config/interpolate.ts';

const variables = { SET: 'value', EMPTY: '', MONEY: '$SET', OTHER: 'other' };

describe('variables as Compose defines them', () => {
  it.each([
    ['plain', 'plain'],
    ['$SET', 'value'],
    ['a${SET}b', 'avalueb'],
    ['${SET}${SET}', 'valuevalue'],
    ['${EMPTY}', ''],
    ['${UNSET:-default}', 'default'],
    ['${EMPTY:-default}', 'default'],
    ['${SET:-default}', 'value'],
    ['${UNSET-default}', 'default'],
    ['${EMPTY-default}', ''],
    ['${UNSET:-}', ''],
    ['${UNSET-}', ''],
    ['${SET:?why}', 'value'],
    ['${EMPTY?why}', ''],
    ['${SET:+there}', 'there'],
    ['${EMPTY:+there}', ''],
    ['${EMPTY+there}', 'there'],
    ['${UNSET+there}', ''],
    ['${UNSET:-${OTHER}}', 'other'],
    ['${UNSET:-${UNSET2:-a}b}c', 'abc'],
    ['${UNSET:-}}', '}'],
    ['$$SET $${SET}', '$SET ${SET}'],
    ['${UNSET:-$$5}', '$5'],
    ['${MONEY}', '$SET'],
    ['${UNSET:-http://h:80/?a=b}', 'http://h:80/?a=b'],
  ])('%s becomes %j', (text, expected) => expect(interpolate(text, variables)).toEqual({ text: expected }));
});

describe('an error, never an empty string', () => {
  it.each([
    ['${UNSET}', 'the variable UNSET is not set: set it, or write a default as in ${UNSET:-default}'],
    ['$UNSET', 'the variable UNSET is not set: set it, or write a default as in ${UNSET:-default}'],
    [
      '${UNSET:-${UNSET2}}',
      'the variable UNSET2 is not set: set it, or write a default as in ${UNSET2:-default}',
    ],
    ['${UNSET:?no port}', 'needs the variable UNSET: no port'],
    ['${EMPTY:?no port}', 'needs the variable EMPTY: no port'],
    ['${UNSET?}', 'needs the variable UNSET: it is not set'],
    ['costs $5', 'has a $ that begins no variable: write $$ for a dollar sign, or ${NAME}'],
    ['end$', 'has a $ that begins no variable: write $$ for a dollar sign, or ${NAME}'],
    ['${}', 'has a $ that begins no variable: write $$ for a dollar sign, or ${NAME}'],
    ['${SET', 'has ${SET without its closing brace'],
    ['${SET:-${OTHER}', 'has ${SET without its closing brace'],
    [
      '${SET!}',
      'has ${SET…} with something odd after the name: ${SET:-default} and ${SET:?message} are right',
    ],
  ])('%s', (text, error) => expect(interpolate(text, variables)).toEqual({ errors: [error] }));

  it('tells all of them', () => {
    expect(interpolate('${A} ${B}', variables)).toEqual({
      errors: [expect.stringContaining('variable A '), expect.stringContaining('variable B ')],
    });
  });

  it('knows own variables only', () => {
    expect(interpolate('${constructor}${toString:-x}', variables)).toHaveProperty('errors.length', 1);
  });

  it('threat 21: a short text cannot become a huge one', () => {
    const big = { BIG: 'x'.repeat(100_000) };
    expect(interpolate('${BIG}'.repeat(1000), big)).toEqual({
      errors: ['becomes longer than 256 KB with its variables put in'],
    });
    expect(interpolate('${A:-'.repeat(10) + '}'.repeat(10), {})).toEqual({
      errors: ['has defaults within defaults, deeper than 8'],
    });
  });
});
