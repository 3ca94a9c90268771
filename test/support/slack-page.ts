import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deploymentMessage } from '../../src/adapters/slack/message/message.ts';
import { textsOf } from '../../src/domain/texts/catalogue.ts';
import type { Locale } from '../../src/domain/texts/texts.ts';
import { type NoticeName, notices } from './slack-notices.ts';
import { slackPicture } from './slack-picture.ts';

/** Writes the pictures of docs/guides/slack.md anew: `npm run docs:slack`. test/unit/docs/slack.test.ts keeps them true. */
const page = join(import.meta.dirname, '..', '..', 'docs', 'guides', 'slack.md');

const shown: { name: NoticeName; locale: Locale }[] = [
  { name: 'good', locale: 'en' },
  { name: 'bad', locale: 'en' },
  { name: 'frozen', locale: 'en' },
  { name: 'bad', locale: 'ko' },
];

/** The page with its pictures as the renderer makes them now. @throws Error when a picture has no place in it */
export function withPictures(text: string): string {
  return shown.reduce((before, { name, locale }) => {
    const place = new RegExp(`(<!-- picture ${name} ${locale} -->\\n\`\`\`text\\n)[\\s\\S]*?(\`\`\`)`);
    if (!place.test(before)) throw new Error(`no place for the picture ${name} ${locale}`);
    const picture = slackPicture(deploymentMessage(notices[name], textsOf(locale), true).blocks);
    return before.replace(place, (_all, start: string, end: string) => `${start}${picture}${end}`);
  }, text);
}

export const slackPage = (): Promise<string> => readFile(page, 'utf8');

if (import.meta.filename === process.argv[1]) await writeFile(page, withPictures(await slackPage()));
