/**
 * Text from outside as one plain line of at most `length` UTF-16 units. GitHub refuses a description longer than 140, or
 * with a character beyond U+FFFF (it answers 422, "doesn't accept 4-byte Unicode").
 */
export function plainLine(text: string, length = 140): string {
  const plain = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\u{10000}-\u{10ffff}]|\p{Cs}/gu, '?')
    .trim();
  return plain.length > length ? `${plain.slice(0, length - 1).trimEnd()}…` : plain;
}
