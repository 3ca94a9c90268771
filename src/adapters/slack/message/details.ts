import type { KnownBlock, RichTextBlock, SectionBlock } from '@slack/types';
import type { Notice } from '../../../domain/notice/notice.ts';
import { plainLogLine } from '../../../domain/texts/plain.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { bold, lines, outside, words } from './elements.ts';
import { fallback, headline } from './headline.ts';
import type { SlackMessage } from './message.ts';

/** The longest block of log, in characters: well under what Slack takes, and what a person reads. */
const longestLog = 2_800;

/**
 * What stands in the thread: who is called, the whole reason, the lines that say what failed, and the log's end.
 * @param mentions `U…`, `W…`, `S…`, `here`, `channel`, as siskin.yaml has them
 */
export function detailsMessage(notice: Notice, texts: Texts, mentions: readonly string[]): SlackMessage {
  const called = mentions.map(mention).join(' ');
  const text = fallback(notice, texts);
  return {
    text: called === '' ? text : `${called} ${text}`,
    blocks: [...callBlock(called), ...reasonBlock(notice, texts), ...logBlocks(notice, texts)],
  };
}

/** The one place where markup is meant: IDs out of siskin.yaml, held to their pattern. */
const mention = (one: string): string => {
  if (one === 'here' || one === 'channel') return `<!${one}>`;
  return one.startsWith('S') ? `<!subteam^${one}>` : `<@${one}>`;
};

const callBlock = (called: string): SectionBlock[] =>
  called === '' ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: called } }];

function reasonBlock(notice: Notice, texts: Texts): KnownBlock[] {
  const { decision, reason } = notice;
  const said = [reason, decision?.reason ?? null].filter((one) => one !== null);
  const label = texts.locale === 'en' ? [] : [bold(`${texts.labels.original}: `)];
  const original = [...new Set(said)].map((one) => [...label, outside(one, 1_400)]);
  return [lines([[bold(headline(notice, texts)), words(` · ${notice.deployment}`)], ...original])];
}

function logBlocks({ logTail }: Notice, { labels }: Texts): RichTextBlock[] {
  const log = logTail.map((line) => plainLogLine(line, 400)).filter((line) => line !== '');
  if (log.length === 0) return [];
  const failing = failingLines(log);
  const shown = failing.length > 0 && failing.length < log.length ? [preformatted('❗', failing)] : [];
  return [...shown, preformatted(labels.log, log)];
}

const preformatted = (title: string, log: readonly string[]): RichTextBlock => ({
  type: 'rich_text',
  elements: [
    { type: 'rich_text_section', elements: [bold(title)] },
    { type: 'rich_text_preformatted', elements: [words(lastOf(log).join('\n'))] },
  ],
});

/** Those that look like the failure itself; at most ten. */
export const failingLines = (log: readonly string[]): string[] =>
  log
    .filter((line) => /\b(error|err!|fatal|failed|exception|panic|cannot|denied)\b|ERR!/i.test(line))
    .slice(-10);

/** As many of the last lines as fit. */
function lastOf(log: readonly string[]): string[] {
  let left = longestLog;
  const fitting = log.toReversed().findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return fitting === -1 ? [...log] : log.slice(-Math.max(1, fitting));
}
