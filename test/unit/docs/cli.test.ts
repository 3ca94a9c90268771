import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { cliPage, cliProgram, leaves, nameOf } from '../../support/cli-page.ts';
import { docsPages, readPage, siskinCommands } from '../../support/docs-pages.ts';

const program = await cliProgram();

describe('docs/reference/cli.md', () => {
  const { text } = readPage('docs/reference/cli.md');

  it('is made from the definitions: run `npx tsx test/support/cli-page.ts` after changing one', async () => {
    expect(text).toBe(await cliPage());
  });

  it.each(leaves(program).map(nameOf))('has %s with an example', (name) => {
    const [section = ''] = text.split(`\n## ${name}\n`)[1]?.split('\n## ') ?? [];
    expect(section).toMatch(/```sh\n(siskin|npm run) /);
  });
});

describe('the commands that the docs name', () => {
  const commands = docsPages().flatMap((page) =>
    siskinCommands(page).map((words) => ({ place: page.path, words, line: words.join(' ') })),
  );

  it('are found', () => {
    const ofReadme = commands.filter(({ place }) => place === 'README.md').map(({ words }) => words[0]);
    expect(ofReadme).toEqual(expect.arrayContaining(['up', 'rollback', 'logs', 'doctor']));
  });

  it.each(commands)('$place: siskin $line', ({ words }) => {
    expect(mistakeIn(words)).toBeNull();
  });

  it('are refused when verb or flag does not exist', () => {
    expect(mistakeIn(['explode'])).toBe('no verb explode');
    expect(mistakeIn(['config', 'explode'])).toBe('no verb explode');
    expect(mistakeIn(['deploy', 'shop', 'production', '--force'])).toBe('no flag --force');
  });
});

function mistakeIn(words: string[], command: Command = program): string | null {
  const [word = '', ...rest] = words;
  const alone = word === '' && command.options.length > 0 && command !== program;
  if (command.commands.length > 0 && !word.startsWith('-') && !alone) {
    const verb = command.commands.find((one) => one.name() === word);
    if (verb) return mistakeIn(rest, verb);
    return command === program && word === 'help' ? null : `no verb ${word}`;
  }
  // Its words are another siskin's command line.
  if (nameOf(command) === 'host cli') return rest.length === 0 ? null : mistakeIn(rest);
  const known = new Set(
    [...command.options, ...program.options].flatMap(({ long, short }) => [long, short]).concat('--help'),
  );
  const unknown = words.find((one) => one.startsWith('-') && !known.has(one));
  return unknown === undefined ? null : `no flag ${unknown}`;
}
