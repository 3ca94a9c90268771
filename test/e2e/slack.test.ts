import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AppRepository,
  type Behaviour,
  brokenDockerfile,
  commitVariant,
  composeText,
  createAppRepository,
  type VariantChange,
} from '../support/app-repository.ts';
import { type FakeSlack, startFakeSlack } from '../support/fake-slack/server.ts';
import { startLoad } from '../support/load.ts';
import { startSiskin, type TestSiskin } from '../support/siskin.ts';
import { lastingPicture, refusedOf, SlackPeople, slackChannelId } from '../support/slack-e2e.ts';
import { signingSecret } from '../support/slack-requests.ts';

let repository: AppRepository;
let siskin: TestSiskin;
let slack: FakeSlack;
let people: SlackPeople;
const golden = join(import.meta.dirname, '..', 'golden', 'slack-e2e');
const quick = { minBake: '1s', maxBake: '3s', watch: '1s' };
const patient = { minBake: '10m', maxBake: '20m', watch: '1s' };

async function push(
  behaviour: Behaviour,
  canary: Record<string, string> = quick,
  change: VariantChange = {},
): Promise<string> {
  const compose = await composeText({ deploy: { replicas: 2 }, 'x-siskin': { canary } });
  return (await siskin.push(await commitVariant(repository, behaviour, { compose, ...change }))).deployment;
}

const looksAs = (message: Parameters<typeof lastingPicture>[0], name: string) =>
  expect(lastingPicture(message, siskin.app)).toMatchFileSnapshot(join(golden, `${name}.txt`));

describe('Slack, beside a real siskin', () => {
  beforeAll(async () => {
    slack = await startFakeSlack([slackChannelId]);
    repository = await createAppRepository();
    siskin = await startSiskin(repository, {
      slack: {
        botToken: slack.botToken,
        channel: slackChannelId,
        signingSecret,
        apiUrl: slack.apiUrl,
        mentions: { failed: ['here'] },
        users: { U0ANA: { name: 'ana', role: 'deployer' } },
      },
    });
    people = new SlackPeople(slack, siskin);
    const first = await siskin.ended(await push({ release: 'first' }));
    expect(first, await siskin.output()).toMatchObject({ state: 'succeeded' });
  });
  afterAll(async () => {
    await siskin?.remove();
    await repository?.remove();
    await slack?.stop();
  });

  it('a good deployment is one message, edited to its end', async () => {
    const load = startLoad({
      origin: siskin.router,
      host: siskin.host,
      ratePerSecond: 40,
      connections: 16,
      requests: ['/'],
    });
    const id = await push({ release: 'good' });
    expect(await siskin.ended(id)).toMatchObject({ state: 'succeeded' });
    await load.stop();
    const message = await people.shows(id, 'Succeeded');
    await looksAs(message, 'good');
    expect(slack.of(id)).toHaveLength(1);
    expect(message.edits).toBeGreaterThan(1);
  });

  it('a bad one says why, and what was counted', async () => {
    const load = startLoad({
      origin: siskin.router,
      host: siskin.host,
      ratePerSecond: 40,
      connections: 16,
      requests: ['/'],
    });
    const id = await push({ release: 'bad', failShare: 1 }, patient);
    expect(await siskin.ended(id)).toMatchObject({ state: 'rolled_back' });
    await load.stop();
    await looksAs(await people.shows(id, 'Rolled back'), 'bad');
  });

  it('a build that fails calls people in its thread, with the lines that say why', async () => {
    const id = await push({ release: 'unbuildable' }, quick, { dockerfile: brokenDockerfile });
    const message = await people.shows(id, 'Failed');
    await looksAs(message, 'failed-build');
    const thread = await slack.until(() => slack.thread(message.ts)[0]);
    expect(thread.text).toMatch(/^<!here> ❌/);
    expect(JSON.stringify(thread.blocks)).toContain('error TS2322: planted by the test');
  });

  it('buttons pressed live: Cancel ends it, Promote ends the wait; the message names who pressed', async () => {
    const cancelled = await push({ release: 'cancelled' }, patient);
    await people.shows(cancelled, 'Canary');
    expect((await people.press('U0ANA', await people.button(cancelled, 'Cancel'))).status).toBe(200);
    expect(await siskin.ended(cancelled)).toMatchObject({ state: 'cancelled' });
    await looksAs(await people.shows(cancelled, 'Cancelled'), 'cancelled');

    const promoted = await push({ release: 'promoted' }, patient);
    await people.shows(promoted, 'Canary');
    await people.press('U0ANA', await people.button(promoted, 'Promote'));
    expect(await siskin.ended(promoted)).toMatchObject({ state: 'succeeded' });
    await looksAs(await people.shows(promoted, 'Succeeded'), 'promoted');
  });

  it('a superseded one names what replaced it', async () => {
    const old = await push({ release: 'old' }, patient);
    await people.shows(old, 'Canary');
    const next = await push({ release: 'next' });
    expect(await siskin.ended(old)).toMatchObject({ state: 'superseded' });
    const message = await people.shows(old, 'Superseded');
    expect(JSON.stringify(message.blocks)).toContain(next);
    await looksAs(message, 'superseded');
    expect(await siskin.ended(next)).toMatchObject({ state: 'succeeded' });
  });

  it('a button forged, replayed, stale, or pressed by the wrong one is refused and audited (threat 25)', async () => {
    const id = await push({ release: 'guarded' }, patient);
    await people.shows(id, 'Canary');
    const promote = await people.button(id, 'Promote');
    const cancel = await people.button(id, 'Cancel');
    const forged = { ...people.request('U0ANA', promote), body: `payload=${encodeURIComponent('{}')}` };
    expect((await people.send(forged)).status).toBe(401);
    expect((await people.press('U0EVE', promote)).status).toBe(200);
    await people.told('U0EVE', /needs the role deployer/);
    expect((await siskin.deployment(id)).state).toBe('canary');

    const real = people.request('U0ANA', cancel);
    expect([(await people.send(real)).status, (await people.send(real)).status]).toEqual([200, 409]);
    expect(await siskin.ended(id)).toMatchObject({ state: 'cancelled' });
    await people.press('U0ANA', promote);
    await people.told('U0ANA', new RegExp(`${id} is cancelled now`));
    const where = `${siskin.app}/production ${id} promote`;
    expect(await refusedOf(siskin)).toEqual([
      'unknown: a bad or old signature',
      `U0EVE: ${where}: not-allowed`,
      'unknown: a request that was heard before',
      `ana: ${where}: stale`,
    ]);
  });

  it('/siskin tells why a push was ignored', async () => {
    const sha = await commitVariant(repository, { release: 'skipped' });
    await siskin.push(sha, { branch: 'feature' });
    await people.say('U0ANA', `why ${siskin.app} production`);
    await people.told('U0ANA', /refs\/heads\/feature .* another branch is tracked here/);
    await people.say('U0ANA', `status ${siskin.app} production`);
    await people.told('U0ANA', /follows release: r\d+ serves/);
  });

  it('while Slack accepts and never answers, deployments take as long as ever; the end is told afterwards, once', async () => {
    const began = performance.now();
    await siskin.ended(await push({ release: 'with' }));
    const withSlack = performance.now() - began;

    slack.trouble = { kind: 'hang' };
    const hungAt = performance.now();
    const id = await push({ release: 'hung' });
    expect(await siskin.ended(id)).toMatchObject({ state: 'succeeded' });
    const hung = performance.now() - hungAt;
    console.log(
      `a deployment with Slack ${Math.round(withSlack)} ms, with Slack hanging ${Math.round(hung)} ms: ratio ${(hung / withSlack).toFixed(2)}`,
    );
    slack.trouble = null;
    await people.shows(id, 'Succeeded');
    expect(slack.of(id)).toHaveLength(1);
  });

  it('a message that Slack took without saying so, and a killed siskin: it is edited, not repeated', async () => {
    slack.trouble = { kind: 'lost' };
    const id = await push({ release: 'killed' }, patient);
    await slack.until(() => slack.of(id)[0]);
    await siskin.reached(id, 'canary');
    await siskin.kill();
    slack.trouble = null;
    await siskin.start();
    await people.shows(id, 'Canary');
    await people.press('U0ANA', await people.button(id, 'Promote'));
    expect(await siskin.ended(id)).toMatchObject({ state: 'succeeded' });
    await people.shows(id, 'Succeeded');
    expect(slack.of(id)).toHaveLength(1);
  });

  it('a revoked token holds nothing up, and the log says what to do', async () => {
    slack.revoked = true;
    const id = await push({ release: 'revoked' });
    expect(await siskin.ended(id)).toMatchObject({ state: 'succeeded' });
    await slack.until(() => slack.calls.at(-1) === 'chat.postMessage');
    slack.revoked = false;
    await people.shows(id, 'Succeeded');
    const output = await siskin.output();
    expect(output).toContain('the bot token was revoked');
    for (const secret of [slack.botToken, signingSecret]) expect(output).not.toContain(secret);
  });
});
