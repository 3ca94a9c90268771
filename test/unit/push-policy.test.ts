import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePush, type PushEvent, type TrackedApp } from '../../src/domain/push-policy.ts';

const event = (change: Partial<PushEvent> = {}): PushEvent => ({
  ref: 'refs/heads/release',
  before: 'a'.repeat(40),
  after: 'b'.repeat(40),
  created: false,
  deleted: false,
  forced: false,
  headCommit: { message: 'A change\n\nand why', author: 'ana' },
  repository: {
    fullName: 'acme/shop',
    cloneUrl: 'https://github.com/acme/shop.git',
    sshUrl: 'git@github.com:acme/shop.git',
    htmlUrl: 'https://github.com/acme/shop',
  },
  ...change,
});

const app = (change: Partial<TrackedApp> = {}): TrackedApp => ({
  app: 'shop',
  repository: 'https://github.com/acme/shop.git',
  environments: [{ environment: 'production', branch: 'release', forcedPushes: 'allow' }],
  ...change,
});

const refusing = app({
  environments: [{ environment: 'production', branch: 'release', forcedPushes: 'refuse' }],
});

const outcome = (pushed: PushEvent, apps = [app()]) =>
  decidePush(pushed, apps).map((one) => (one.kind === 'accept' ? 'accept' : one.reason));

describe('decidePush', () => {
  const zero = '0'.repeat(40);
  const said = (message: string) => ({ headCommit: { message, author: 'ana' } });
  it.each<[string, Partial<PushEvent>, string]>([
    ['a push to the branch', {}, 'accept'],
    ['a new branch', { created: true, before: zero }, 'accept'],
    ['a forced push', { forced: true }, 'accept'],
    ['a push without a head commit', { headCommit: null }, 'accept'],
    ['skip mentioned without brackets', said('skip ci'), 'accept'],
    ['threat 6: a tag', { ref: 'refs/tags/release' }, 'not-a-branch'],
    ['threat 6: a deletion', { deleted: true, after: zero, headCommit: null }, 'branch-deleted'],
    ['threat 6: a zero SHA alone', { after: zero }, 'branch-deleted'],
    ['another branch', { ref: 'refs/heads/releases' }, 'other-branch'],
    ['another case', { ref: 'refs/heads/Release' }, 'other-branch'],
    ['the branch below another', { ref: 'refs/heads/x/refs/heads/release' }, 'other-branch'],
    ['[skip ci]', said('x [skip ci]'), 'skip-requested'],
    ['[ci skip]', said('x\n\n[ci skip]'), 'skip-requested'],
    ['[skip deploy]', said('[skip deploy] x'), 'skip-requested'],
    ['[no ci], in capitals', said('[NO CI]'), 'skip-requested'],
    ['a short SHA', { after: 'b'.repeat(7) }, 'invalid-sha'],
    ['a SHA with a newline', { after: `${'b'.repeat(40)}\n` }, 'invalid-sha'],
    ['threat 9: an option', { ref: '--upload-pack=touch x' }, 'invalid-ref'],
    ['threat 9: an option behind the prefix', { ref: 'refs/heads/-bevil' }, 'invalid-ref'],
    ['threat 9: a space', { ref: 'refs/heads/release ' }, 'invalid-ref'],
    ['threat 9: dots', { ref: 'refs/heads/../release' }, 'invalid-ref'],
    ['threat 9: a reflog', { ref: 'refs/heads/release@{1}' }, 'invalid-ref'],
    ['threat 9: a newline', { ref: 'refs/heads/release\n' }, 'invalid-ref'],
    ['threat 9: 300 characters', { ref: `refs/heads/${'x'.repeat(300)}` }, 'invalid-ref'],
  ])('%s', (_name, change, expected) => {
    expect(outcome(event(change))).toEqual([expected]);
  });

  it('threat 5: a forced push is refused where the operator forbids it', () => {
    expect(outcome(event({ forced: true }), [refusing])).toEqual(['forced-push-refused']);
    expect(outcome(event(), [refusing])).toEqual(['accept']);
  });

  it('decides for every environment of every app of the repository', () => {
    const both = app({
      environments: [
        { environment: 'production', branch: 'release', forcedPushes: 'allow' },
        { environment: 'test', branch: 'test', forcedPushes: 'allow' },
      ],
    });
    const other = app({ app: 'blog', repository: 'https://github.com/acme/blog' });
    expect(decidePush(event(), [both, other, app({ app: 'api' })])).toMatchObject([
      {
        kind: 'accept',
        app: 'shop',
        environment: 'production',
        sha: 'b'.repeat(40),
        title: 'A change',
        author: 'ana',
      },
      { kind: 'ignore', app: 'shop', environment: 'test', reason: 'other-branch' },
      { kind: 'accept', app: 'api' },
    ]);
  });

  it('threat 23: a title is one bounded line without control characters', () => {
    const [decision] = decidePush(event(said(`\u001b[31mred\u0007${'🐦'.repeat(500)}\nmore`)), [app()]);
    expect(decision).toMatchObject({ title: `[31mred ${'🐦'.repeat(192)}` });
  });
});

describe('the repository', () => {
  it.each([
    ['https://github.com/acme/shop.git'],
    ['https://github.com/acme/shop'],
    ['https://GitHub.com/Acme/Shop/'],
    ['https://x-access-token:abc@github.com/acme/shop.git'],
    ['git@github.com:acme/shop.git'],
    ['ssh://git@github.com/acme/shop.git'],
    ['ssh://git@ssh.github.com:443/acme/shop.git'],
    ['/srv/git/acme/shop.git'],
    ['file:///srv/git/shop.git'],
    ['../repositories/shop'],
  ])('%s is acme/shop', (repository) => {
    expect(outcome(event(), [app({ repository })])).toEqual(['accept']);
  });

  it.each([
    ['https://github.com/acme/shop2.git'],
    ['https://github.com/other/shop.git'],
    ['https://git.example.com/acme/shop.git'],
    ['git@github.com.evil.example:acme/shop.git'],
    ['/srv/git/acme/blog.git'],
    ['/'],
    [''],
  ])('%s is not', (repository) => {
    expect(outcome(event(), [app({ repository })])).toEqual(['unknown-repository']);
  });
});

describe('whatever is pushed', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('refs/heads/release', 'refs/heads/test', '0'.repeat(40), ''),
  );
  const events = fc.record({
    ref: text,
    before: text,
    after: fc.oneof(text, fc.stringMatching(/^[0-9a-f]{40}$/)),
    created: fc.boolean(),
    deleted: fc.boolean(),
    forced: fc.boolean(),
    headCommit: fc.option(fc.record({ message: text, author: text })),
    repository: fc.record({ fullName: text, cloneUrl: text, sshUrl: text, htmlUrl: text }),
  });
  const known = events.map((one) => ({ ...one, repository: event().repository }));

  it('is accepted only as a full commit on exactly the configured branch', () => {
    fc.assert(
      fc.property(fc.oneof(events, known), (pushed) => {
        for (const decision of decidePush(pushed, [app()])) {
          if (decision.kind === 'ignore') {
            expect(decision.detail).not.toBe('');
          } else {
            expect(pushed.ref).toBe('refs/heads/release');
            expect(decision.sha).toMatch(/^[0-9a-f]{40}$/);
            expect(decision.sha).not.toBe('0'.repeat(40));
            expect(pushed.deleted).toBe(false);
            expect(Array.from(decision.title).length).toBeLessThanOrEqual(200);
          }
        }
      }),
    );
  });

  it('gets a decision for every environment of a known repository', () => {
    fc.assert(fc.property(known, (pushed) => decidePush(pushed, [app(), refusing]).length === 2));
  });
});
