import type { Notice } from '../notice/notice.ts';
import { type Counts, decisiveCounts, type Why, whoDid } from './texts.ts';

export const countsKo = ({ requests, errors }: Counts): string =>
  `요청 ${number(requests)}건, 5xx ${number(errors)}건`;

const number = (value: number): string => value.toLocaleString('en-US');

/** A sentence made of what is known of the deployment; the core's own, in English, only where it says more. */
export function whyKo(notice: Notice): Why | null {
  const { state, frozen } = notice;
  if (frozen !== null) return frozenWhy(frozen, notice);
  switch (state) {
    case 'superseded':
      return known(
        notice.supersededBy === null
          ? '더 새로운 배포로 대체되었습니다.'
          : `더 새로운 배포 ${notice.supersededBy}(으)로 대체되었습니다.`,
      );
    case 'cancelled':
      return known(byWhom(whoDid(notice, 'cancel'), '취소했습니다. 지금 서비스 중인 릴리스는 그대로입니다.'));
    case 'failed':
      return { sentence: '새 릴리스로 트래픽을 옮기지 못하고 실패했습니다.', original: notice.reason };
    case 'rolled_back':
      return rolledBack(notice);
    case 'held':
      return known(
        notice.held === 'no-metrics'
          ? '지표를 읽을 수 없어 판단을 보류했습니다. 지표를 되살리거나 사람이 승격 또는 되돌리기를 선택하세요.'
          : `기존 릴리스도 함께 실패하고 있어 판단을 보류했습니다${counted(notice)}.`,
      );
    case 'frozen':
      return { sentence: '환경이 동결되어 사람을 기다립니다.', original: notice.reason };
    default:
      return notice.decision?.decision === 'promote' ? promoted(notice) : unexplained(notice);
  }
}

function frozenWhy(frozen: NonNullable<Notice['frozen']>, { reason }: Notice): Why {
  if (frozen.by === 'siskin') {
    return {
      sentence: '새 릴리스에 문제가 있어 Siskin이 그 자리에서 멈췄습니다. 사람이 결정해야 합니다.',
      original: reason ?? frozen.reason,
    };
  }
  return known(`${frozen.by} 님이 환경을 동결했습니다: ${frozen.reason}`);
}

function promoted(notice: Notice): Why {
  const evidence = notice.decision?.evidence;
  switch (evidence) {
    case 'skipped':
      return notice.baseline === null
        ? known('첫 배포라 비교할 기존 릴리스가 없어 카나리 없이 승격했습니다.')
        : { sentence: '카나리 없이 승격했습니다.', original: notice.decision?.reason ?? null };
    case 'low':
      return {
        sentence: `요청이 적어 근거가 약한 채로 승격했습니다${counted(notice)}.`,
        original: notice.decision?.reason ?? null,
      };
    case 'strong':
      return known(`충분한 근거로 승격했습니다${counted(notice)}.`);
    default:
      return byPersonOr(notice, 'promote', '승격했습니다.');
  }
}

function rolledBack(notice: Notice): Why {
  const evidence = notice.decision?.evidence;
  const errors = decisiveCounts(notice)?.canary.errors ?? 0;
  if (evidence === 'none' || notice.decision === null) return byPersonOr(notice, 'rollback', '되돌렸습니다.');
  if (evidence === 'hard-signal' || errors === 0)
    return { sentence: '새 릴리스에 문제가 있어 되돌렸습니다.', original: notice.reason };
  return known(`새 릴리스의 5xx가 허용치를 넘어 되돌렸습니다${counted(notice)}.`);
}

/** Without a person on record, something else decided: then only the original says what. */
function byPersonOr(notice: Notice, action: string, what: string): Why {
  const name = whoDid(notice, action);
  return name === null
    ? { sentence: what, original: notice.decision?.reason ?? notice.reason }
    : known(byWhom(name, what));
}

const byWhom = (name: string | null, what: string): string =>
  `${name === null ? '사람이' : `${name} 님이`} ${what}`;

function counted(notice: Notice): string {
  const counts = decisiveCounts(notice);
  if (counts === null) return '';
  const beside = notice.baseline === null ? '' : `; 기존 릴리스 ${countsKo(counts.baseline)}`;
  return ` (새 릴리스 ${countsKo(counts.canary)}${beside})`;
}

const unexplained = ({ reason }: Notice): Why | null =>
  reason === null ? null : { sentence: reason, original: null };

const known = (sentence: string): Why => ({ sentence, original: null });
