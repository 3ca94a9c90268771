import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detailsMessage } from '../../../src/adapters/slack/message/details.ts';
import { deploymentMessage } from '../../../src/adapters/slack/message/message.ts';
import { textsOf } from '../../../src/domain/texts/catalogue.ts';
import { checkBlocks } from '../../support/fake-slack/blocks.ts';
import { notices } from '../../support/slack-notices.ts';
import { slackPicture } from '../../support/slack-picture.ts';

const folder = join(import.meta.dirname, '..', '..', 'golden', 'slack');
const cases = Object.entries(notices).flatMap(([name, notice]) =>
  (['en', 'ko'] as const).map((locale) => ({ name: `${name}.${locale}`, notice, locale })),
);

describe('the message in Slack', () => {
  it.each(cases)('$name is as its golden file, and as Slack takes it', async ({ name, notice, locale }) => {
    const texts = textsOf(locale);
    const message = deploymentMessage(notice, texts, true);
    const details = detailsMessage(notice, texts, []);
    expect(checkBlocks(message.blocks)).toEqual([]);
    expect(checkBlocks(details.blocks)).toEqual([]);
    const parts = [
      slackPicture(message.blocks),
      `--- notification\n${message.text}\n`,
      `--- thread\n${slackPicture(details.blocks)}`,
      `--- blocks\n${JSON.stringify(message.blocks, null, 1)}\n`,
    ];
    await expect(parts.join('\n')).toMatchFileSnapshot(join(folder, `${name}.txt`));
  });

  it('has other words for everything in the other language', () => {
    for (const notice of Object.values(notices)) {
      const [en, ko] = (['en', 'ko'] as const).map(
        (locale) => deploymentMessage(notice, textsOf(locale), true).text,
      );
      expect(en).not.toBe(ko);
    }
  });
});
