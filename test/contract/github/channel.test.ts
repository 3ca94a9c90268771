import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NoticeDelayed } from '../../../src/pipeline/notify/ports.ts';
import { FakeGithub } from '../../support/fake-github/fake-github.ts';
import { address, changes, ShownGithub, shown, token } from '../../support/github-channel.ts';
import { shaOf } from '../../support/github-notice.ts';

let fake: FakeGithub;
let github: ShownGithub;
beforeEach(async () => {
  fake = await FakeGithub.start();
  fake.addRepository('acme/shop');
  fake.addToken(token);
  github = new ShownGithub(fake);
});
afterEach(async () => {
  await fake.close();
  expect(fake.violations).toEqual([]);
});

const succeeds = { release: 12, state: 'succeeded' as const };
const delayed = async (shownNow: Promise<void>): Promise<NoticeDelayed> => {
  const error = await shownNow.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof NoticeDelayed) return error;
  throw new Error(`not delayed: ${String(error)}`);
};
const at = (seconds: number) => `2026-11-25T10:00:${seconds}.000Z`;

describe('one deployment', () => {
  it('from the push to the end of the watch, each told once', async () => {
    for (const state of ['queued', 'fetching', 'building', 'preparing'] as const)
      await github.show({ state });
    const release = { release: 12, baseline: 11 };
    for (const state of ['canary', 'rolling', 'watching', 'watching'] as const)
      await github.show({ state, ...release });
    await github.show({ ...succeeds, ...release });
    expect(shown(fake)).toEqual([
      'production aaa: queued in_progress in_progress in_progress in_progress in_progress success',
      'aaa siskin/production pending (d42: being deployed)',
      'aaa siskin/production success (d42: r12 serves)',
    ]);
  });

  it('to be shown the same again asks GitHub nothing', async () => {
    await github.show(succeeds);
    const asked = fake.requests.length;
    await github.show(succeeds);
    expect(fake.requests).toHaveLength(asked);
  });

  it('is told from its end alone, when GitHub was away until then', async () => {
    await github.show({ state: 'rolled_back', reason: 'r12 answers 5xx.' });
    expect(shown(fake)).toEqual([
      'production aaa: failure',
      'aaa siskin/production failure (d42: r12 answers 5xx.)',
    ]);
  });

  it('that was superseded before anything was told gets no deployment, but its commit an answer', async () => {
    await github.show({ state: 'superseded', supersededBy: 'd43' });
    expect(shown(fake)).toEqual(['aaa siskin/production error (d42: Superseded by d43)']);
  });

  it('whose branch had moved on is made anew for the commit that is deployed', async () => {
    await github.show({ state: 'queued' });
    const commit = { sha: shaOf('b'), title: '', author: '' };
    await github.show({ state: 'building', commit });
    await github.show({ ...succeeds, commit });
    expect(shown(fake)).toEqual([
      'production aaa: queued inactive',
      'production bbb: in_progress success',
      'aaa siskin/production pending (d42: being deployed)',
      'aaa siskin/production error (d42: The branch had moved on to bbbbbbb)',
      'bbb siskin/production pending (d42: being deployed)',
      'bbb siskin/production success (d42: r12 serves)',
    ]);
  });

  it('that has no commit yet, or is of another host, is not told', async () => {
    await github.show({ commit: null });
    await github.show({ repository: 'https://github.com/acme/shop.git' });
    await github.show({ repository: '/srv/git/shop.git' });
    expect(fake.requests).toEqual([]);
  });

  it.each([
    [{ deployments: false }, ['aaa siskin/production pending (d42: being deployed)']],
    [{ statuses: false }, ['production aaa: queued']],
  ])('with %o, the other is told only', async (options, expected) => {
    await new ShownGithub(fake, options).show({});
    expect(shown(fake)).toEqual(expected);
  });

  it('of one of several apps of a repository has the app in its names', async () => {
    const repositories = [address, 'git@127.0.0.1:Acme/Shop', 'https://github.com/acme/shop'];
    await new ShownGithub(fake, { repositories }).show({ app: 'web' });
    expect(shown(fake)).toEqual([
      'web/production aaa: queued',
      'aaa siskin/web/production pending (d42: being deployed)',
    ]);
  });
});

describe('one after the other', () => {
  const old = { deployment: 'd41', createdAt: at(41), commit: { sha: shaOf('c'), title: '', author: '' } };

  it('the former one is inactive once the new one has succeeded, not before', async () => {
    await github.show({ ...old, ...succeeds });
    await github.show({ state: 'watching', release: 12 });
    expect(shown(fake)[0]).toBe('production ccc: success');
    await github.show(succeeds);
    expect(shown(fake).slice(0, 2)).toEqual([
      'production ccc: success inactive',
      'production aaa: in_progress success',
    ]);
  });

  it('a rollback leaves the old one as it was: in success', async () => {
    await github.show({ ...old, ...succeeds });
    for (const state of ['canary', 'rolling', 'watching', 'rolled_back'] as const)
      await github.show({ state });
    expect(shown(fake)[0]).toBe('production ccc: success');
    expect(shown(fake)[1]).toMatch(/failure$/);
  });

  it('a success that is told late does not take the place of a newer one', async () => {
    await github.show(succeeds);
    await github.show({ ...old, ...succeeds });
    expect(shown(fake).slice(0, 2)).toEqual(['production aaa: success', 'production ccc: inactive']);
  });

  it('two that are told at the same time leave only the newer one active', async () => {
    await Promise.all([github.show({ ...old, ...succeeds }), github.show(succeeds)]);
    const last = fake.repositories
      .get('acme/shop')
      ?.deployments.map(({ sha, statuses }) => [sha[0], statuses.at(-1)?.state]);
    expect(last?.sort()).toEqual([
      ['a', 'success'],
      ['c', 'inactive'],
    ]);
  });

  it("another environment's and another tool's deployments are left alone", async () => {
    await github.show({ ...old, ...succeeds, environment: 'test' });
    const [others] = fake.repositories.get('acme/shop')?.deployments ?? [];
    if (!others) throw new Error('none');
    await github.show(succeeds);
    expect(others.statuses.map(({ state }) => state)).toEqual(['success']);
    others.environment = 'production';
    others.payload = 'made by hand';
    await github.show({ ...succeeds, deployment: 'd43', createdAt: at(43) });
    expect(others.statuses.map(({ state }) => state)).toEqual(['success']);
  });

  it('a failure of the same commit that is told late does not hide the success after it', async () => {
    await github.show({ ...succeeds, deployment: 'd43', createdAt: at(43) });
    await github.show({ state: 'failed', reason: 'No.' });
    expect(shown(fake).at(-1)).toBe('aaa siskin/production success (d43: r12 serves)');
  });
});

describe('nothing is made twice', () => {
  it.each([
    ['its answer was lost', () => fake.loseAnswerTo('POST /repos/{owner}/{repo}/deployments')],
    [
      'Siskin was killed before it could remember it',
      () => {
        github.crashes = true;
      },
    ],
  ])('a deployment, when %s', async (_, happens) => {
    happens();
    await expect(github.show({})).rejects.toThrow();
    await github.show({});
    expect(shown(fake)).toEqual([
      'production aaa: queued',
      'aaa siskin/production pending (d42: being deployed)',
    ]);
  });

  it.each([
    'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
    'POST /repos/{owner}/{repo}/statuses/{sha}',
  ])('a status, when the answer to %s was lost', async (route) => {
    fake.loseAnswerTo(route);
    expect(await delayed(github.show({}))).toMatchObject({ needsPerson: false, retryAfterMs: null });
    await github.show({});
    expect(shown(fake)).toEqual([
      'production aaa: queued',
      'aaa siskin/production pending (d42: being deployed)',
    ]);
  });

  it('when the memory is lost altogether', async () => {
    await github.show(succeeds);
    github.memory.clear();
    await github.show(succeeds);
    expect(shown(fake)).toHaveLength(2);
    expect(changes(fake)).toHaveLength(3);
  });
});

describe('GitHub does not take it', () => {
  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '17' } }, 17_000],
    [
      'the secondary limit',
      { status: 403, headers: { 'retry-after': '60' }, body: { message: 'secondary' } },
      60_000,
    ],
    [
      'the secondary limit without Retry-After',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
      60_000,
    ],
    [
      "the hourly limit, by GitHub's own clock",
      {
        status: 403,
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Date.parse('2020-01-01T00:10:00Z') / 1000),
          date: 'Wed, 01 Jan 2020 00:00:00 GMT',
        },
        body: { message: 'API rate limit exceeded' },
      },
      600_000,
    ],
  ])('%s: nothing before', async (_, mood, retryAfterMs) => {
    fake.mood = mood;
    expect(await delayed(github.show({}))).toMatchObject({ retryAfterMs, needsPerson: false });
    expect(fake.requests).toHaveLength(1);
  });

  it.each([500, 502, 503])('%i is tried again', async (status) => {
    fake.mood = { status, body: { message: 'Server Error' } };
    expect(await delayed(github.show({}))).toMatchObject({ retryAfterMs: null, needsPerson: false });
    fake.mood = 'well';
    await github.show({});
    expect(shown(fake)[0]).toBe('production aaa: queued');
  });

  it('hangs: given up after the time-out, and when the delivery is aborted', async () => {
    fake.mood = 'hanging';
    expect((await delayed(new ShownGithub(fake, {}, 50).show({}))).message).toMatch(/did not answer/);
    const abort = new AbortController();
    const given = delayed(github.show({}, abort.signal));
    await fake.until(() => fake.requests.length === 2);
    abort.abort();
    expect((await given).needsPerson).toBe(false);
  });

  it('a page instead of JSON', async () => {
    fake.mood = { status: 200, body: '<html>', headers: { 'content-type': 'text/html' } };
    expect((await delayed(github.show({}))).message).toMatch(/not one of its API/);
  });

  it('a revoked token needs a person', async () => {
    await github.show({});
    const known = fake.tokens.get(token);
    if (known) known.revoked = true;
    const error = await delayed(github.show(succeeds));
    expect(error).toMatchObject({
      needsPerson: true,
      message: expect.stringContaining('401, Bad credentials'),
    });
    expect(error.message).not.toContain(token);
  });

  it.each([
    ['deployments', 'Deployments: read and write', 'aaa siskin/production pending (d42: being deployed)'],
    ['statuses', 'Commit statuses: read and write', 'production aaa: queued'],
  ] as const)(
    'without the permission %s it is named, and the other is told all the same',
    async (missing, name, told) => {
      const permissions = (['metadata', 'deployments', 'statuses'] as const).filter((one) => one !== missing);
      fake.addToken(token, permissions);
      const error = await delayed(github.show({}));
      expect(error).toMatchObject({
        needsPerson: true,
        message: expect.stringContaining(`"${name}" (${missing}=`),
      });
      expect(shown(fake)).toEqual([told]);
    },
  );

  it('a commit that GitHub does not have needs a person', async () => {
    fake.repositories.set('acme/shop', { ...fake.addRepository('acme/shop'), commits: new Set() });
    const error = await delayed(github.show({}));
    expect(error).toMatchObject({ needsPerson: true, message: expect.stringContaining('No ref found') });
  });
});
