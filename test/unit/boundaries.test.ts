import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const exec = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const cruiser = join(root, 'node_modules', '.bin', 'depcruise');

const report = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(z.object({ rule: z.object({ name: z.string() }), from: z.string() })),
  }),
});

/** Checks the boundaries of a checkout; violations are an answer, not an error. */
async function cruise(cwd: string, folders: string[]) {
  const args = [...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const { stdout } = await exec(cruiser, args, { cwd, maxBuffer: 64 * 1024 * 1024 });
  return report.parse(JSON.parse(stdout)).summary;
}

describe('the boundaries', () => {
  let planted = '';
  beforeAll(async () => {
    planted = await mkdtemp(join(tmpdir(), 'siskin-boundaries-'));
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.json']) {
      await copyFile(join(root, name), join(planted, name));
    }
  });
  afterAll(() => rm(planted, { recursive: true }));

  const plant = async (files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(planted, path)), { recursive: true });
      await writeFile(join(planted, path), text);
    }
  };

  it('hold in this checkout, and every module was looked at', async () => {
    const { totalCruised, violations } = await cruise(root, ['src', 'workers']);
    expect(violations).toEqual([]);
    expect(totalCruised).toBeGreaterThan(100);
  });

  it('bite: every planted violation is found', async () => {
    for (const { from, target, file } of violationsToPlant) {
      await plant({ [from]: `import * as other from '${target}';\nexport const used = other;\n` });
      if (file) await plant({ [file]: 'export const value = 1;\n' });
    }
    const { violations } = await cruise(planted, ['src']);
    const found = violations.map(({ from, rule }) => `${from} breaks ${rule.name}`);
    expect(found.sort()).toEqual(violationsToPlant.map(({ from, rule }) => `${from} breaks ${rule}`).sort());
  });
});

const violationsToPlant = [
  {
    rule: 'domain-imports-nothing-but-itself',
    from: 'src/domain/a.ts',
    target: '../config/b.ts',
    file: 'src/config/b.ts',
  },
  { rule: 'domain-imports-nothing-but-itself', from: 'src/domain/c.ts', target: 'node:fs' },
  {
    rule: 'pipeline-knows-domain-and-its-ports',
    from: 'src/pipeline/a.ts',
    target: '../adapters/git/b.ts',
    file: 'src/adapters/git/b.ts',
  },
  {
    rule: 'intake-and-api-never-reach-into-adapters',
    from: 'src/api/a.ts',
    target: '../adapters/git/c.ts',
    file: 'src/adapters/git/c.ts',
  },
  {
    rule: 'adapters-never-sideways',
    from: 'src/adapters/docker/a.ts',
    target: '../git/d.ts',
    file: 'src/adapters/git/d.ts',
  },
  {
    rule: 'adapters-do-not-know-who-uses-them',
    from: 'src/adapters/git/e.ts',
    target: '../../api/b.ts',
    file: 'src/api/b.ts',
  },
  {
    rule: 'slack-is-called-in-one-place',
    from: 'src/api/s.ts',
    target: '../../node_modules/@slack/web-api/index.ts',
    file: 'node_modules/@slack/web-api/index.ts',
  },
  {
    rule: 'age-is-used-in-one-place',
    from: 'src/cli/f.ts',
    target: 'age-encryption',
    file: 'node_modules/age-encryption/index.js',
  },
  {
    rule: 'octokit-only-in-the-github-adapter',
    from: 'src/adapters/git/f.ts',
    target: '@octokit/core',
    file: 'node_modules/@octokit/core/index.js',
  },
];
