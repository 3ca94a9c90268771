import type { IgnoreReason } from '../push-policy.ts';
import type { Answers, HistoryFacts, WhyFacts } from './answers.ts';

const doing = {
  promote: 'Promoting',
  rollback: 'Rolling back',
  cancel: 'Cancelling',
  retry: 'Deploying again to',
  freeze: 'Freezing',
  unfreeze: 'Letting go on:',
} as const;

const reasons: Record<IgnoreReason, string> = {
  'unknown-repository': 'no app has this repository',
  'not-a-branch': 'it is not a branch',
  'branch-deleted': 'the branch was deleted; what runs goes on',
  'invalid-ref': 'Git allows no such ref',
  'invalid-sha': 'its commit is not a full Git object id',
  'other-branch': 'another branch is tracked here',
  'skip-requested': "the head commit's message asks to skip it",
  'forced-push-refused': 'forced pushes are not deployed here',
};

export const answersEn: Answers = {
  done: (act, where, deployment) => `${doing[act]} ${where} (${deployment}).`,
  notAllowed: (needed, role) =>
    `This needs the role ${needed}; you are a ${role}. Whoever looks after siskin.yaml can change that under slack.users.`,
  noAccess:
    'You may not ask Siskin anything. Whoever looks after siskin.yaml can change that under slack.users.',
  stale: (deployment, state, replacedBy) =>
    replacedBy === null
      ? `This button is of an earlier moment: ${deployment} is ${state} now. See the message as it is now.`
      : `This button is of an earlier deployment: ${replacedBy} has replaced ${deployment}, which is ${state}.`,
  alreadyPressed: 'Somebody has pressed this button already.',
  gone: (deployment) => `${deployment} is not on record any more.`,
  failed: (message) => `That did not work: ${message}`,
  broken: 'That did not work, by a fault of Siskin itself. Its log says more.',
  unknownEnvironment: (where, known) =>
    `There is no environment ${where}. There are: ${known.join(', ') || 'none'}.`,
  asked: (deployment, where) => `${deployment} is on its way to ${where}.`,
  status: ({ where, branch, current, previous, frozen, newest }) =>
    [
      `${where} follows ${branch}: ${current === null ? 'nothing serves yet' : `r${current} serves`}${previous === null ? '' : `, r${previous} before it`}.`,
      ...(frozen ? [`Frozen by ${frozen.by}: ${frozen.reason}`] : []),
      ...(newest ? [`Newest: ${line(newest)}`] : []),
    ].join('\n'),
  history: (where, lines) =>
    lines.length === 0
      ? `${where} was never deployed.`
      : [`${where}, newest first:`, ...lines.map(line)].join('\n'),
  why: (where, lines) =>
    lines.length === 0
      ? `No push to ${where} was ignored lately.`
      : [`Pushes that ${where} ignored, newest first:`, ...lines.map(ignored)].join('\n'),
  help: [
    'What I understand:',
    '/siskin status APP ENV – what serves, and what is on its way',
    '/siskin history APP ENV – the last ten deployments',
    '/siskin why APP ENV – the last pushes that were ignored, and why',
    '/siskin deploy APP ENV [COMMIT|rN] – the head of the branch, a commit, or a release that is kept',
    '/siskin rollback APP ENV [rN] – the release before, or the one named',
  ].join('\n'),
};

const line = ({ deployment, state, release, commit, title, actor, reason, at }: HistoryFacts): string =>
  [
    `${deployment} ${state}`,
    ...(release === null ? [] : [`r${release}`]),
    ...(commit === null ? [] : [`${commit} ${title}`.trim()]),
    `by ${actor}`,
    at,
    ...(reason === null ? [] : [reason]),
  ].join(' · ');

const ignored = ({ at, ref, commit, pusher, reason }: WhyFacts): string =>
  `${at} ${ref} ${commit} by ${pusher}: ${isKnown(reason) ? reasons[reason] : reason}`;

const isKnown = (reason: string): reason is IgnoreReason => Object.hasOwn(reasons, reason);
