import type { DeploymentState } from '../deployment.ts';

export const statesKo: Record<DeploymentState, string> = {
  queued: '대기 중',
  fetching: '소스 가져오는 중',
  building: '빌드 중',
  preparing: '준비 중',
  canary: '카나리가 트래픽을 받는 중',
  rolling: '전체 교체 중',
  watching: '서비스 중, 지켜보는 중',
  held: '보류됨',
  frozen: '동결됨',
  succeeded: '성공',
  rolled_back: '되돌림',
  failed: '실패',
  cancelled: '취소됨',
  superseded: '대체됨',
};
