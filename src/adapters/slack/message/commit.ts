import type { RichTextElement } from '@slack/types';
import { commitUrl, githubProfileUrl } from '../../../domain/forge-links.ts';
import { releaseName } from '../../../domain/names.ts';
import type { Notice } from '../../../domain/notice/notice.ts';
import type { Texts } from '../../../domain/texts/texts.ts';
import { bold, code, link, outside, words } from './elements.ts';

/** The commit, its author, the branch, and who asked for it. */
export function commitLines(notice: Notice, texts: Texts): RichTextElement[][] {
  return [whatLine(notice, texts), branchLine(notice, texts), askedLine(notice, texts)];
}

function whatLine({ commit, repository, target }: Notice, { labels }: Texts): RichTextElement[] {
  if (commit === null)
    return [words(target.kind === 'release' ? releaseName(target.release) : labels.notFetched)];
  const short = commit.sha.slice(0, 7);
  const url = commitUrl(repository, commit.sha);
  return [
    url === null ? code(short) : link(url, short, true),
    ...(commit.title === '' ? [] : [words(' '), { ...outside(commit.title, 200), style: { bold: true } }]),
    ...(commit.author === '' ? [] : [words(` · ${labels.by} `), outside(commit.author, 100)]),
  ];
}

const branchLine = ({ branch, target }: Notice, { labels }: Texts): RichTextElement[] => [
  bold(`${labels.branch}: `),
  { ...outside(branch, 200), style: { code: true } },
  ...(target.kind === 'branch' && target.forced ? [words(` (${labels.forced})`)] : []),
];

function askedLine({ actor, repository }: Notice, { labels, actors }: Texts): RichTextElement[] {
  const profile = actor.kind === 'github' ? githubProfileUrl(repository, actor.name) : null;
  return [
    bold(`${labels.askedBy}: `),
    profile === null ? outside(actor.name, 100) : link(profile, actor.name),
    words(` (${actors[actor.kind]})`),
  ];
}
