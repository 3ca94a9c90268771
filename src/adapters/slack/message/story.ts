import type { ContextBlock, RichTextBlock } from '@slack/types';
import type { Notice } from '../../../domain/notice/notice.ts';
import { plainLine } from '../../../domain/texts/plain.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { bold, context, outside, quote } from './elements.ts';

/** How long each stage took so far, and all of it when it has ended. */
export function stagesBlock(notice: Notice, { stages: names, labels, duration }: Texts): ContextBlock[] {
  const stages = notice.stages.map(({ stage, ms }) => `${names[stage]} ${duration(ms)}`).join(' → ');
  const total = totalMs(notice);
  const parts = [
    ...(stages === '' ? [] : [`${labels.stages}: ${stages}`]),
    ...(total === null ? [] : [`${labels.duration}: ${duration(total)}`]),
    notice.deployment,
  ];
  return [context(parts.join(' · '))];
}

function totalMs({ createdAt, finishedAt }: Notice): number | null {
  const ms = finishedAt === null ? Number.NaN : Date.parse(finishedAt) - Date.parse(createdAt);
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

export function whyBlock(notice: Notice, texts: Texts): RichTextBlock[] {
  const why = texts.why(notice);
  if (why === null) return [];
  const original =
    why.original === null ? [] : [[bold(`${texts.labels.original}: `), outside(why.original, 1_000)]];
  return [quote([[outside(why.sentence, 1_500)], ...original])];
}

/** People who did something to it, the newest last; at most five. */
export function peopleBlock({ people }: Notice, { did }: Texts): ContextBlock[] {
  if (people.length === 0) return [];
  const told = people
    .slice(-5)
    .map(({ actor, action }) => plainLine(did(action, plainLine(actor.name, 60)), 200));
  return [context(`👤 ${told.join(' · ')}`)];
}
