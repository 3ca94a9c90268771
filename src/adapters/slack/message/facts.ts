import type { RichTextElement } from '@slack/types';
import { releaseName } from '../../../domain/names.ts';
import type { ArmCounts } from '../../../domain/notice/journal-folds.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { bold, link, words } from './elements.ts';

/** The release, where it is reached, and what was counted of it. */
export const factLines = (notice: Notice, texts: Texts): RichTextElement[][] => [
  ...releaseLine(notice, texts),
  ...countLines(notice.canary, texts.labels.canary, notice, texts),
  ...countLines(notice.watch, texts.labels.watch, notice, texts),
];

function releaseLine({ release, baseline, environmentUrl }: Notice, { labels }: Texts): RichTextElement[][] {
  if (release === null) return [];
  const before = baseline === null ? labels.first : `${labels.replaces} ${releaseName(baseline)}`;
  const place: RichTextElement[] =
    environmentUrl === null ? [] : [words(' · '), link(environmentUrl, environmentUrl)];
  return [[bold(`${labels.release}: `), words(`${releaseName(release)} (${before})`), ...place]];
}

function countLines(
  counts: ArmCounts | null,
  label: string,
  { baseline }: Notice,
  { labels, counts: told }: Texts,
): RichTextElement[][] {
  if (counts === null) return [];
  const old = baseline === null || counts.baseline.requests === 0;
  return [
    [bold(`${label}: `), words(told(counts.canary))],
    ...(old ? [] : [[bold(`${labels.baseline}: `), words(told(counts.baseline))]]),
  ];
}
