import type { IgnoreReason } from '../push-policy.ts';
import type { Answers, HistoryFacts, WhyFacts } from './answers.ts';
import { statesKo } from './states-ko.ts';

const doing = {
  promote: '승격합니다',
  rollback: '되돌립니다',
  cancel: '배포를 취소합니다',
  retry: '다시 배포합니다',
  freeze: '동결합니다',
  unfreeze: '동결을 풉니다',
} as const;

const reasons: Record<IgnoreReason, string> = {
  'unknown-repository': '이 저장소를 쓰는 앱이 없습니다',
  'not-a-branch': '브랜치가 아닙니다',
  'branch-deleted': '브랜치가 삭제되었습니다. 서비스 중인 릴리스는 그대로입니다',
  'invalid-ref': 'Git이 허용하지 않는 ref입니다',
  'invalid-sha': '커밋이 완전한 Git 객체 ID가 아닙니다',
  'other-branch': '여기서 따라가는 브랜치가 아닙니다',
  'skip-requested': '커밋 메시지가 건너뛰라고 합니다',
  'forced-push-refused': '여기서는 강제 푸시를 배포하지 않습니다',
};

export const answersKo: Answers = {
  done: (act, where, deployment) => `${where}: ${doing[act]} (${deployment}).`,
  notAllowed: (needed, role) =>
    `${needed} 역할이 있어야 합니다. 지금 역할은 ${role}입니다. siskin.yaml의 slack.users에서 바꿀 수 있습니다.`,
  noAccess: 'Siskin에 물어볼 권한이 없습니다. siskin.yaml의 slack.users에서 바꿀 수 있습니다.',
  stale: (deployment, state, replacedBy) =>
    replacedBy === null
      ? `이 버튼은 지난 시점의 것입니다. ${deployment}의 지금 상태: ${statesKo[state]}. 지금 메시지를 보세요.`
      : `이 버튼은 지난 배포의 것입니다. ${replacedBy} 배포가 ${deployment}(${statesKo[state]})을(를) 대신했습니다.`,
  alreadyPressed: '누군가 이 버튼을 이미 눌렀습니다.',
  gone: (deployment) => `${deployment} 배포의 기록이 더는 없습니다.`,
  failed: (message) => `할 수 없었습니다: ${message}`,
  broken: 'Siskin의 오류로 할 수 없었습니다. Siskin의 로그를 보세요.',
  unknownEnvironment: (where, known) => `${where} 환경이 없습니다. 있는 환경: ${known.join(', ') || '없음'}.`,
  asked: (deployment, where) => `${where}에 ${deployment} 배포를 시작합니다.`,
  status: ({ where, branch, current, previous, frozen, newest }) =>
    [
      `${where}, 브랜치 ${branch}: ${current === null ? '아직 서비스 중인 릴리스가 없습니다' : `r${current} 서비스 중`}${previous === null ? '' : `, 그 앞은 r${previous}`}.`,
      ...(frozen ? [`${frozen.by} 님이 동결함: ${frozen.reason}`] : []),
      ...(newest ? [`가장 새 배포: ${line(newest)}`] : []),
    ].join('\n'),
  history: (where, lines) =>
    lines.length === 0
      ? `${where}에는 배포한 적이 없습니다.`
      : [`${where}, 새것부터:`, ...lines.map(line)].join('\n'),
  why: (where, lines) =>
    lines.length === 0
      ? `${where}에서 최근에 무시한 푸시가 없습니다.`
      : [`${where}에서 무시한 푸시, 새것부터:`, ...lines.map(ignored)].join('\n'),
  help: [
    '쓸 수 있는 명령:',
    '/siskin status APP ENV – 지금 서비스 중인 것과 진행 중인 것',
    '/siskin history APP ENV – 최근 배포 열 건',
    '/siskin why APP ENV – 최근에 무시한 푸시와 그 까닭',
    '/siskin deploy APP ENV [COMMIT|rN] – 브랜치의 최신 커밋, 특정 커밋, 또는 남아 있는 릴리스를 배포',
    '/siskin rollback APP ENV [rN] – 앞 릴리스, 또는 지정한 릴리스로 되돌리기',
  ].join('\n'),
};

const line = ({ deployment, state, release, commit, title, actor, reason, at }: HistoryFacts): string =>
  [
    `${deployment} ${statesKo[state]}`,
    ...(release === null ? [] : [`r${release}`]),
    ...(commit === null ? [] : [`${commit} ${title}`.trim()]),
    `요청: ${actor}`,
    at,
    ...(reason === null ? [] : [reason]),
  ].join(' · ');

const ignored = ({ at, ref, commit, pusher, reason }: WhyFacts): string =>
  `${at} ${ref} ${commit} (${pusher}): ${isKnown(reason) ? reasons[reason] : reason}`;

const isKnown = (reason: string): reason is IgnoreReason => Object.hasOwn(reasons, reason);
