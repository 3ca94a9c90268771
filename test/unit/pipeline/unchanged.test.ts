import { describe, expect, it } from 'vitest';
import type { DeploymentTarget } from '../../../src/domain/deployment.ts';
import type { RunContext } from '../../../src/pipeline/run-context.ts';
import { servingUnchanged } from '../../../src/pipeline/stages/unchanged.ts';

const [serving, head] = ['a'.repeat(40), 'b'.repeat(40)];
const pushed: DeploymentTarget = { kind: 'branch', pushedSha: head, forced: false };

interface Case {
  target?: DeploymentTarget;
  current?: number | null;
  known?: boolean;
  paths?: boolean;
  /** What changed; an error when git cannot tell. */
  changed?: string[] | Error;
}

/** The decision, what git was asked, and what the log says. */
async function decide({ target = pushed, current = 3, known = true, paths = true, changed = [] }: Case) {
  const log: string[] = [];
  const asked: unknown[] = [];
  const context = {
    app: {
      app: 'shop',
      environment: 'production',
      repository: '/r',
      ...(paths && { concerns: (path: string) => path.startsWith('web/') }),
    },
    deployment: { id: 'd7', target },
    work: new AbortController().signal,
    world: {
      store: {
        environment: async () => ({ current }),
        release: async () => (known ? { release: 3, sha: serving } : null),
        log: async (_id: string, lines: string[]) => void log.push(...lines),
      },
      source: {
        firstChanged: async (_: string, between: unknown, fits: (path: string) => boolean) => {
          asked.push(between);
          if (changed instanceof Error) throw changed;
          return changed.find(fits) ?? null;
        },
      },
    },
  } as unknown as RunContext;
  const release = await servingUnchanged(context, head);
  return { goesOn: release?.release ?? null, asked: asked.length, log: log.join('\n') };
}

describe('a push to an app with paths', () => {
  it.each<[string, Case, number | null]>([
    ['that changed nothing leaves what serves', {}, 3],
    ['that changed other paths leaves what serves', { changed: ['docs/a'] }, 3],
    ['that changed one of them is deployed', { changed: ['docs/a', 'web/b'] }, null],
    ['whose difference cannot be told is deployed', { changed: new Error('gone') }, null],
  ])('%s', async (_, one, goesOn) => {
    expect(await decide(one)).toMatchObject({ goesOn, asked: 1 });
  });

  it.each<[string, Case]>([
    ['the first deployment', { current: null }],
    ['a serving release that is not on record', { known: false }],
    ['a person’s deploy of the branch', { target: { kind: 'branch', pushedSha: null, forced: false } }],
    ['a person’s deploy of a commit', { target: { kind: 'commit', sha: head } }],
    ['an app without paths', { paths: false }],
  ])('is not compared, and deployed: %s', async (_, one) => {
    expect(await decide(one)).toEqual({ goesOn: null, asked: 0, log: '' });
  });

  it('says in the log what changed, or why nobody knows', async () => {
    expect((await decide({ changed: ['web/b'] })).log).toBe(
      'web/b changed between aaaaaaa, which r3 serves, and bbbbbbb',
    );
    expect((await decide({ changed: new Error('gone') })).log).toContain(
      'cannot be told (gone): it is deployed',
    );
  });
});
