import type { KnownBlock } from '@slack/types';
import type { Notice } from '../../../domain/notice/notice.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { buttonsBlock } from './buttons.ts';
import { commitLines } from './commit.ts';
import { header, lines } from './elements.ts';
import { factLines } from './facts.ts';
import { fallback, headline } from './headline.ts';
import { peopleBlock, stagesBlock, whyBlock } from './story.ts';

/** What Slack is given: blocks, and a text for notifications. */
export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

/**
 * One deployment as a message. Pure: the same notice gives the same message.
 * @param withButtons whether somebody hears what is pressed
 */
export function deploymentMessage(notice: Notice, texts: Texts, withButtons: boolean): SlackMessage {
  return {
    text: fallback(notice, texts),
    blocks: [
      header(headline(notice, texts)),
      lines([...commitLines(notice, texts), ...factLines(notice, texts)]),
      ...whyBlock(notice, texts),
      ...stagesBlock(notice, texts),
      ...peopleBlock(notice, texts),
      ...(withButtons ? buttonsBlock(notice, texts) : []),
    ],
  };
}
