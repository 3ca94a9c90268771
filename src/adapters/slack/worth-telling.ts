import { isEndState } from '../../domain/deployment.ts';
import type { Notice } from '../../domain/notice/notice.ts';

/** How Slack is to tell of one environment. */
export interface SlackSettings {
  /** The channel's ID. */
  channel: string;
  tell: 'all' | 'ends' | 'failures';
  /** IDs of users and groups, `here` or `channel`. */
  mentions: Partial<Record<Notice['state'], readonly string[]>>;
}

/** Whether a deployment that was not told of is to be now. Once told of, it is kept up to date. */
export function worthTelling({ state }: Notice, tell: SlackSettings['tell']): boolean {
  if (tell === 'all') return true;
  if (tell === 'ends') return isEndState(state);
  return state === 'failed' || state === 'rolled_back' || state === 'held' || state === 'frozen';
}

/**
 * What of the thread is due: the details at an end at which there is something to tell, and a call to those who are to
 * come while it waits for a person. Edits notify nobody: who is to be called is called by a new message.
 */
export function duePart(
  notice: Notice,
  { mentions }: SlackSettings,
): { part: string; mentions: readonly string[] } | null {
  const { state } = notice;
  const called = mentions[state] ?? [];
  if (state === 'succeeded' || state === 'failed' || state === 'rolled_back')
    return { part: 'end', mentions: called };
  if ((state === 'held' || state === 'frozen') && called.length > 0) return { part: state, mentions: called };
  return null;
}
