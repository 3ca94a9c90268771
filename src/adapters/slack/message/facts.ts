import type { RichTextElement } from '@slack/types';
import { releaseName } from '../../../domain/names.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import type { DeploymentStage } from '../../../domain/stage-durations.ts';
import type { Counts, Texts } from '../../../domain/texts/texts.ts';
import { bold, link, words } from './elements.ts';

/** The release, where it is reached, and what was counted of it. */
export const factLines = (notice: Notice, texts: Texts): RichTextElement[][] => [
  ...releaseLine(notice, texts),
  ...canaryLines(notice, texts),
  ...(notice.watch === null ? [] : [countLine(texts.labels.watch, notice.watch.canary, texts)]),
];

/** What served before is known when the rollout begins. */
const rolloutStages: readonly DeploymentStage[] = ['canary', 'rolling', 'watching'];

function releaseLine(notice: Notice, { labels }: Texts): RichTextElement[][] {
  const { release, baseline, environmentUrl, stages } = notice;
  if (release === null) return [];
  const isFirst = baseline === null && stages.some(({ stage }) => rolloutStages.includes(stage));
  const before = baseline === null ? labels.first : `${labels.replaces} ${releaseName(baseline)}`;
  const what = baseline === null && !isFirst ? releaseName(release) : `${releaseName(release)} (${before})`;
  const place: RichTextElement[] =
    environmentUrl === null ? [] : [words(' · '), link(environmentUrl, environmentUrl)];
  return [[bold(`${labels.release}: `), words(what), ...place]];
}

function canaryLines({ canary, baseline }: Notice, texts: Texts): RichTextElement[][] {
  if (canary === null) return [];
  const { labels } = texts;
  const old = baseline === null ? [] : [countLine(labels.baseline, canary.baseline, texts)];
  return [countLine(labels.canary, canary.canary, texts), ...old];
}

const countLine = (label: string, counts: Counts, { counts: told }: Texts): RichTextElement[] => [
  bold(`${label}: `),
  words(told(counts)),
];
