import { answersKo } from './answers-ko.ts';
import { statesKo } from './states-ko.ts';
import type { Texts } from './texts.ts';
import { countsKo, whyKo } from './why-ko.ts';

const did: Readonly<Record<string, string>> = {
  promote: '승격했습니다',
  rollback: '되돌렸습니다',
  cancel: '취소했습니다',
  freeze: '환경을 동결했습니다',
  unfreeze: '환경의 동결을 풀었습니다',
};

export const ko: Texts = {
  locale: 'ko',
  states: statesKo,
  stages: {
    fetching: '가져오기',
    building: '빌드',
    preparing: '준비',
    canary: '카나리',
    held: '보류',
    frozen: '동결',
    rolling: '교체',
    watching: '지켜보기',
    rolling_back: '되돌리기',
  },
  acts: {
    promote: '승격',
    rollback: '되돌리기',
    cancel: '취소',
    retry: '다시 시도',
    freeze: '동결',
    unfreeze: '동결 해제',
  },
  did: (action, name) => `${name} 님이 ${did[action] ?? `다음을 했습니다: ${action}`}`,
  actors: { github: 'GitHub', api: 'API 토큰', slack: 'Slack', cli: '터미널', siskin: 'Siskin' },
  labels: {
    release: '릴리스',
    replaces: '이전 릴리스',
    first: '첫 릴리스',
    commit: '커밋',
    branch: '브랜치',
    by: '작성자',
    askedBy: '요청한 사람',
    canary: '새 릴리스',
    baseline: '나란히 돌던 기존 릴리스',
    watch: '승격 이후',
    stages: '단계',
    duration: '걸린 시간',
    log: '로그의 끝부분',
    original: 'Siskin의 원문',
    details: '자세히',
    forced: '강제 푸시',
    notFetched: '브랜치의 최신 커밋, 아직 가져오지 않음',
  },
  counts: countsKo,
  duration: durationKo,
  why: whyKo,
  confirm: {
    rollback: {
      title: '되돌릴까요?',
      text: (where) => `${where} 환경이 바로 앞 릴리스로 돌아갑니다.`,
      yes: '되돌리기',
      no: '그대로 두기',
    },
    cancel: {
      title: '취소할까요?',
      text: (where) => `${where} 배포를 끝냅니다. 지금 서비스 중인 릴리스는 그대로 남습니다.`,
      yes: '배포 취소',
      no: '계속 진행',
    },
  },
  answers: answersKo,
};

function durationKo(ms: number): string {
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)}초`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}분 ${seconds % 60}초`;
  return `${Math.floor(seconds / 3_600)}시간 ${Math.floor((seconds % 3_600) / 60)}분`;
}
