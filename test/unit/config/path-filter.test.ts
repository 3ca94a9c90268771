import { describe, expect, it } from 'vitest';
import { pathFilter } from '../../../src/config/path-filter.ts';

const cases: [patterns: string[], path: string, deployed: boolean][] = [
  [['web/**'], 'web/a.ts', true],
  [['web/**'], 'web/deep/er/a.ts', true],
  [['web/**'], 'web/.env.example', true],
  [['web/**'], 'api/a.ts', false],
  [['web/**'], 'website/a.ts', false],
  [['web/'], 'web/deep/a.ts', true],
  [['web/**', '!web/docs/**'], 'web/docs/a.md', false],
  [['web/**', '!web/docs/**'], 'web/a.md', true],
  [['web/**', '!web/docs/**', 'web/docs/api.md'], 'web/docs/api.md', true],
  [['**', '!**/*.md'], 'README.md', false],
  [['**', '!**/*.md'], 'docs/a.md', false],
  [['**', '!**/*.md'], 'docs/a.png', true],
  [['*.ts'], 'a.ts', true],
  [['*.ts'], 'web/a.ts', false],
  [['{web,api}/**'], 'api/a.ts', true],
  [['web/[ab].ts'], 'web/b.ts', true],
  [['web/+(a|b).ts'], 'web/a.ts', false],
  [['web/**'], 'web/한글 파일.ts', true],
  [['web/**'], 'deploy/docker-compose.yml', true],
  [['web/**', '!deploy/**'], 'deploy/docker-compose.yml', false],
  [['web/**'], 'docker-compose.yml', false],
];

describe('paths', () => {
  it.each(cases)('%j: %s is deployed: %s', (patterns, path, deployed) => {
    expect(pathFilter('deploy/docker-compose.yml', patterns)(path)).toBe(deployed);
  });
});
