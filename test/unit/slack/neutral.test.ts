import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detailsMessage, failingLines } from '../../../src/adapters/slack/message/details.ts';
import { escaped } from '../../../src/adapters/slack/message/escape.ts';
import { deploymentMessage } from '../../../src/adapters/slack/message/message.ts';
import type { Notice } from '../../../src/domain/notice/notice.ts';
import { textsOf } from '../../../src/domain/texts/catalogue.ts';
import { plainLine } from '../../../src/domain/texts/plain.ts';
import { checkBlocks } from '../../support/fake-slack/blocks.ts';
import { notices } from '../../support/slack-notices.ts';

const unseen = /(?!\n)[\p{Cc}\u202a-\u202e\u2066-\u2069\u200b]/u;
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.constantFrom(
    '<!channel>',
    '\u001b[31mred',
    'a'.repeat(9_000),
    '<&>'.repeat(2_000),
    '👩‍🚀'.repeat(900),
    '\ud800',
    '한'.repeat(4_000),
  ),
);

/** Every text of it, whatever its element. */
const textsIn = (value: unknown): { text: string; type: unknown }[] => {
  if (Array.isArray(value)) return value.flatMap(textsIn);
  if (typeof value !== 'object' || value === null) return [];
  const own =
    'text' in value && typeof value.text === 'string'
      ? [{ text: value.text, type: Reflect.get(value, 'type') }]
      : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
};

describe('texts from outside (THREATS row 23)', () => {
  it('whatever they are, make blocks that Slack takes, without markup, controls or overlong texts', () => {
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.constantFrom('en' as const, 'ko' as const),
        (title, name, reason, locale) => {
          const notice: Notice = {
            ...notices['failed-build'],
            branch: name,
            commit: { sha: 'a'.repeat(40), title, author: name },
            actor: { kind: 'github', name },
            reason,
            frozen: { by: name, reason },
            people: [{ actor: { kind: 'slack', name }, action: reason, at: '' }],
            logTail: [title, reason, name],
            repository: title,
          };
          const texts = textsOf(locale);
          for (const { blocks, text: shown } of [
            deploymentMessage(notice, texts, true),
            detailsMessage(notice, texts, []),
          ]) {
            expect(checkBlocks(blocks)).toEqual([]);
            expect(shown.length).toBeLessThanOrEqual(3_000);
            expect(shown).not.toMatch(/[<>]/);
            for (const one of textsIn(blocks)) {
              expect(one.type).not.toBe('mrkdwn');
              expect(one.text).not.toMatch(unseen);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('are cut by what is seen of them, escapes counted whole', () => {
    expect(escaped('a & b < c', 100)).toBe('a &amp; b &lt; c');
    for (const longest of [10, 50, 77]) {
      const cut = escaped('<&>'.repeat(100), longest);
      expect(cut.length).toBeLessThanOrEqual(longest);
      expect(cut).toMatch(/^(&(lt|amp|gt);)+…$/);
    }
    expect(plainLine('a\u001b[2K\u001b]0;title\u0007b\r\n\tc\u202ed', 20)).toBe('ab cd');
    expect(plainLine('👩‍🚀 is one', 20)).toBe('👩‍🚀 is one');
  });

  it('mentions nobody but whom siskin.yaml names', () => {
    const { text: shown, blocks } = detailsMessage(notices.hostile, textsOf('en'), [
      'U012ABC',
      'S0456',
      'here',
    ]);
    expect(shown).toMatch(/^<@U012ABC> <!subteam\^S0456> <!here> [^<>]*$/);
    expect(blocks[0]).toEqual({
      type: 'section',
      text: { type: 'mrkdwn', text: '<@U012ABC> <!subteam^S0456> <!here>' },
    });
  });

  it('finds the lines of a log that say what failed', () => {
    expect(failingLines(['listening', 'npm ERR! code EUSAGE', 'Error: no', 'terrorful', 'done'])).toEqual([
      'npm ERR! code EUSAGE',
      'Error: no',
    ]);
  });
});
