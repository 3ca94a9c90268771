import { escaped } from './message/escape.ts';

/** The longest answer, in characters. */
const longest = 3_000;

/**
 * Answers the one who pressed a button or typed a command, alone. The address comes in a signed payload, yet it is only
 * called where Slack has it (hooks.slack.com) or where siskin.yaml says Slack's API is.
 *
 * @param apiUrl slack.apiUrl
 * @throws Error for any other address, or when it does not take the answer within the time-out
 */
export async function answerAt(
  responseUrl: string,
  text: string,
  { apiUrl, timeoutMs = 5_000 }: { apiUrl: string; timeoutMs?: number },
): Promise<void> {
  if (!isSlacks(responseUrl, apiUrl)) throw new Error('the response_url is not an address of Slack');
  const lines = text.split('\n').map((line) => escaped(line, longest));
  const answer = await fetch(responseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ text: fitting(lines), response_type: 'ephemeral', replace_original: false }),
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`Slack answered the response_url with ${answer.status}`);
}

export function isSlacks(responseUrl: string, apiUrl: string): boolean {
  if (!URL.canParse(responseUrl)) return false;
  const { origin, username, password } = new URL(responseUrl);
  const own = origin === 'https://hooks.slack.com' || origin === new URL(apiUrl).origin;
  return own && username === '' && password === '';
}

/** As many lines as fit; a line is never cut in an entity. */
function fitting(lines: readonly string[]): string {
  let left = longest;
  const over = lines.findIndex((line) => {
    left -= line.length + 1;
    return left < 0;
  });
  return (over === -1 ? lines : lines.slice(0, Math.max(1, over))).join('\n') || '–';
}
