import type { ErrorCode } from '../../domain/errors/catalogue.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { withoutCredentials } from './repository-url.ts';

const maxWords = 600;

/** What git says, and what it means for a user. Its messages are asked for in English (LC_ALL=C). */
const meanings: [RegExp, ErrorCode][] = [
  [/couldn't find remote ref|Remote branch .* not found/i, 'BRANCH_MISSING'],
  [/not our ref|unadvertised object|no such remote ref/i, 'COMMIT_MISSING'],
  [/ssh: (connect to host|Could not resolve hostname)/i, 'SOURCE_UNREACHABLE'],
  [
    /Authentication failed|could not read (Username|Password)|Permission denied|returned error: (30\d|401|403|404)|Repository not found|access denied|Host key verification failed|does not appear to be a git repository|transport '.*' not allowed|correct access rights/i,
    'SOURCE_REFUSED',
  ],
  [
    /Could not resolve host|unable to access|Failed to connect|Connection (refused|reset|timed out|closed)|Operation (too slow|timed out)|early EOF|RPC failed|unexpected disconnect|remote end hung up|No route to host|SSL|returned error: 5\d\d|429/i,
    'SOURCE_UNREACHABLE',
  ],
  [/No space left on device/i, 'SOURCE_UNREACHABLE'],
];

/**
 * The user's error for what a git process printed when it failed.
 * @returns undefined when the words are not known: then the mirror itself may be broken
 */
export function knownFailure(stderr: string, subject: string): SiskinError | undefined {
  const code = meanings.find(([pattern]) => pattern.test(stderr))?.[1];
  return code && new SiskinError(code, `${subject}: ${gitWords(stderr)}`);
}

/** git's own words in one line, for a message: bounded, no control characters, no credentials. */
export function gitWords(stderr: string): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => printable(line).trim())
    .filter((line) => line !== '' && !/^(remote: (Enumerating|Counting|Compressing)|hint:)/.test(line));
  return withoutCredentials(lines.join('; ')).slice(0, maxWords) || 'git gave no reason';
}

/** Without ANSI sequences and other control characters. */
export const printable = (text: string): string =>
  text.replace(/\p{Cc}\[[0-?]*[ -/]*[@-~]/gu, '').replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, ' ');
