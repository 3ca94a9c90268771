import type { DeploymentState } from '../../../domain/deployment.ts';
import { environmentId, releaseName } from '../../../domain/names.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import { plainLine } from '../../../domain/texts/plain.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { limits } from './elements.ts';
import { escaped } from './escape.ts';

const emoji: Record<DeploymentState, string> = {
  queued: '⏳',
  fetching: '⏳',
  building: '🔨',
  preparing: '📦',
  canary: '🐤',
  rolling: '🔄',
  watching: '👀',
  held: '✋',
  frozen: '🧊',
  succeeded: '✅',
  rolled_back: '⏪',
  failed: '❌',
  cancelled: '🚫',
  superseded: '⏭️',
};

/** `✅ shop/production r12 · Succeeded` */
export function headline(notice: Notice, { states }: Texts): string {
  const release = notice.release === null ? '' : ` ${releaseName(notice.release)}`;
  return `${emoji[notice.state]} ${environmentId(notice)}${release} · ${states[notice.state]}`;
}

/** What notifications and old clients show; mrkdwn. */
export function fallback(notice: Notice, texts: Texts): string {
  const why = texts.why(notice)?.sentence ?? null;
  const title = notice.commit?.title ? ` · ${plainLine(notice.commit.title, 200)}` : '';
  return escaped(`${headline(notice, texts)}${title}${why === null ? '' : ` · ${why}`}`, limits.fallback);
}
