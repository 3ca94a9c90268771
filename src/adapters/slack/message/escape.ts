import { plainLine, shortened } from '../../../domain/texts/plain.ts';

/**
 * A text from outside for a place where Slack reads mrkdwn: with these three escaped, nothing in it is a mention, a channel
 * or a link (Slack's “Formatting text for app surfaces”). @param longest characters, after escaping
 */
export function escaped(text: string, longest: number): string {
  const plain = plainLine(text, longest);
  const whole = withEntities(plain);
  if (whole.length <= longest) return whole;
  const perCharacter = Array.from(plain);
  let length = 0;
  const fitting = perCharacter.findIndex((character) => {
    length += withEntities(character).length;
    return length > longest - 1;
  });
  return withEntities(shortened(plain, Math.max(1, fitting + 1)));
}

const withEntities = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
