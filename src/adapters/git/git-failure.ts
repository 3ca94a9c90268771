import type { ErrorCode } from '../../domain/errors/catalogue.ts';
import { SiskinError } from '../../domain/errors/siskin-error.ts';
import { withoutCredentials } from './repository-url.ts';

const maxWords = 600;

/** What git says, and what it means for a user. Its messages are asked for in English (LC_ALL=C). */
const meanings: [RegExp, ErrorCode][] = [
  [/couldn't find remote ref|Remote branch .* not found/i, 'BRANCH_MISSING'],
  [/not our ref|unadvertised object|no such remote ref/i, 'COMMIT_MISSING'],
  [/ssh: (connect to host|Could not resolve hostname)/i, 'SOURCE_UNREACHABLE'],
  [/REMOTE HOST IDENTIFICATION HAS CHANGED/, 'HOST_KEY_CHANGED'],
  [/host key is known for|Host key verification failed/i, 'HOST_KEY_UNKNOWN'],
  [/^Load key ".*": |UNPROTECTED PRIVATE KEY FILE/m, 'DEPLOY_KEY_UNUSABLE'],
  [
    /Repository not found|repository '.*' not found|returned error: 404|does not appear to be a git repository|could not be found or you don't have permission/i,
    'SOURCE_NOT_FOUND',
  ],
  [/Permission denied \(|Too many authentication failures/i, 'SOURCE_KEY_REFUSED'],
  [
    /Authentication failed|could not read (Username|Password)|returned error: 40[13]|Invalid username or/i,
    'SOURCE_TOKEN_REFUSED',
  ],
  [/returned error: 30\d|access denied|transport '.*' not allowed|correct access rights/i, 'SOURCE_REFUSED'],
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
  return code && new SiskinError(code, `${subject}: ${hostKeyWords(code, stderr) ?? gitWords(stderr)}`);
}

/** ssh says it in a banner of twelve lines, in which the path of our own file is the least of a user's worries. */
function hostKeyWords(code: ErrorCode, stderr: string): string | undefined {
  if (code === 'HOST_KEY_UNKNOWN') return /^No .* host key is known for \S+/m.exec(stderr)?.[0];
  if (code !== 'HOST_KEY_CHANGED') return undefined;
  const host = /^Host key for (\S+) has changed/m.exec(stderr)?.[1] ?? 'the server';
  const kind = /fingerprint for the (\S+) key/.exec(stderr)?.[1] ?? 'a';
  const fingerprint = /SHA256:[A-Za-z0-9+/]+/.exec(stderr)?.[0] ?? 'unknown';
  return `${host} has another host key than the pinned one; its ${kind} fingerprint is ${fingerprint}`;
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
