import { describe, expect, it } from 'vitest';
import { parseCommandLine } from '../../bench/options.ts';

const known = ['receiver', 'release', 'verdict'];

describe("the bench's command line", () => {
  it('runs everything when nothing is named', () => {
    expect(parseCommandLine([], known)).toEqual({ names: known, quick: false, json: undefined, help: false });
  });

  it('runs what is named, in the known order and once', () => {
    const { names, quick, json } = parseCommandLine(
      ['verdict', '--quick', 'receiver', 'verdict', '--json', 'figures.json'],
      known,
    );
    expect({ names, quick, json }).toEqual({
      names: ['receiver', 'verdict'],
      quick: true,
      json: 'figures.json',
    });
  });

  it('refuses a bench and an option that there are not', () => {
    expect(() => parseCommandLine(['speed'], known)).toThrow('there is no bench "speed"');
    expect(() => parseCommandLine(['--fast'], known)).toThrow('--fast');
  });
});
