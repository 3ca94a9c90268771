import { describe, expect, it } from 'vitest';
import { goldenFiles } from '../../support/config-golden.ts';
import { composeMistakes, siskinMistakes } from '../../support/config-samples.ts';

const folder = new URL('../../golden/config/', import.meta.url).pathname;

describe('the messages for a bad siskin.yaml', () => {
  const files = goldenFiles(`${folder}siskin`);
  it('has enough of them', () => expect(files.length).toBeGreaterThanOrEqual(12));

  it.each(files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const mistakes = siskinMistakes(file.input);
    expect(mistakes).not.toEqual([]);
    await expect(file.expect(mistakes.join('\n'))).toMatchFileSnapshot(file.path);
  });
});

describe('the messages for a bad Compose file', () => {
  const files = goldenFiles(`${folder}compose`);
  it('has enough of them', () => expect(files.length).toBeGreaterThanOrEqual(12));

  it.each(files.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    const mistakes = composeMistakes(file.input);
    expect(mistakes).not.toEqual([]);
    await expect(file.expect(mistakes.join('\n'))).toMatchFileSnapshot(file.path);
  });
});
