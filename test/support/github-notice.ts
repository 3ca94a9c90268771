import type { Notice } from '../../src/domain/notice/notice.ts';

export const shaOf = (letter: string): string => letter.repeat(40);

/** A notice of a deployment of shop/production that goes well, with what is told changed. */
export const githubNotice = (change: Partial<Notice> = {}): Notice => ({
  app: 'shop',
  environment: 'production',
  deployment: 'd42',
  state: 'queued',
  target: { kind: 'branch', pushedSha: shaOf('a'), forced: false },
  actor: { kind: 'github', name: 'ana' },
  repository: 'https://github.com/acme/shop.git',
  branch: 'release',
  commit: { sha: shaOf('a'), title: 'A change', author: 'ana' },
  release: null,
  baseline: null,
  supersededBy: null,
  stages: [],
  canary: null,
  watch: null,
  decision: null,
  held: null,
  frozen: null,
  reason: null,
  people: [],
  acts: [],
  logTail: [],
  environmentUrl: 'http://shop.example.com/',
  createdAt: '2026-11-25T10:00:42.000Z',
  startedAt: null,
  finishedAt: null,
  ...change,
});
