import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RedisOnce } from '../../../src/adapters/redis/once.ts';
import { recordsId } from '../../../src/adapters/redis/records-id.ts';
import { parseSiskinConfig } from '../../../src/config/siskin-config.ts';
import { slackDoors } from '../../../workers/slack.ts';
import { openStore, type Store } from '../../../workers/store.ts';
import { siskinYaml } from '../../support/config-samples.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack/server.ts';
import { startRedis, type TestRedis } from '../../support/redis-server.ts';
import { pushOf } from '../../support/redis-world.ts';
import { commandFields, pressPayload } from '../../support/slack-requests.ts';

const log = pino({ level: 'silent' });
let redis: TestRedis;
let store: Store;
let slack: FakeSlack;
let doors: ReturnType<typeof slackDoors>;

beforeAll(async () => {
  redis = await startRedis({ durable: false });
  store = await openStore(redis.url, log);
});
afterAll(async () => {
  await store.close();
  await redis.stop();
});
beforeEach(async () => {
  slack = await startFakeSlack(['C0SHOP']);
  const top = `slack: { botToken: ${slack.botToken}, appToken: ${slack.appToken}, channel: C0SHOP, locale: ko,
  apiUrl: "${slack.apiUrl}", users: { U0ANA: { name: ana, role: deployer } } }`;
  const config = parseSiskinConfig(siskinYaml(top), '/srv/siskin.yaml', {});
  doors = slackDoors({ config, store, log });
  await slack.socket.connected();
});
afterEach(async () => {
  await doors.close();
  await slack.stop();
});

const by = (user: string) => ({ user, channel: 'C0SHOP', responseUrl: slack.responseUrl(user, 'C0SHOP') });
const say = (text: string, user = 'U0ANA', envelope?: string) =>
  slack.socket.send('slash_commands', commandFields(text, by(user)), envelope);
const told = (user: string, what: RegExp) =>
  slack.until(() => slack.ephemeral(user).find((text) => what.test(text)));

describe('Slack through Socket Mode, on real records', () => {
  it('a deployment asked for, shown, and cancelled by its button', async () => {
    say('deploy shop production');
    const [, id = ''] = /(d\d+) 배포를 시작합니다/.exec(await told('U0ANA', /배포를 시작합니다/)) ?? [];
    expect(await store.history.get(id)).toMatchObject({
      deployment: { actor: { kind: 'slack', name: 'ana' }, state: 'queued' },
    });
    say('status shop production');
    await told('U0ANA', new RegExp(`가장 새 배포: ${id} 대기 중`));
    slack.socket.send('interactive', pressPayload(`${id} cancel queued.0`, by('U0ANA')));
    await told('U0ANA', new RegExp(`배포를 취소합니다 \\(${id}\\)`));
    expect(await store.deployments.commands(id)).toEqual(['cancel']);
    const [newest] = (await store.audit.page({}, 1)).entries;
    expect(newest).toMatchObject({
      actor: { kind: 'slack', name: 'ana' },
      from: 'slack:C0SHOP',
      action: 'cancel',
    });
  });

  it('a request that Slack sends twice is done once', async () => {
    const envelope = say('deploy shop production');
    await told('U0ANA', /배포를 시작합니다/);
    const before = (await store.history.list({ limit: 50 })).length;
    say('deploy shop production', 'U0ANA', envelope);
    say('history shop production', 'U0ANA');
    await told('U0ANA', /새것부터/);
    await doors.close();
    expect((await store.history.list({ limit: 50 })).length).toBe(before);
  });

  it('tells which pushes were ignored, and why', async () => {
    const detail = JSON.stringify({
      delivery: 'g1',
      repository: 'acme/shop',
      ref: 'refs/heads/main',
      after: pushOf('g1').sha,
      accepted: [],
      ignored: ['shop/production: other-branch', 'shop/test: skip-requested'],
    });
    await store.audit.add({ actor: { kind: 'github', name: 'ben' }, from: null, action: 'push', detail });
    say('why shop production', 'U0OTHER');
    expect(await told('U0OTHER', /무시한 푸시/)).toMatch(
      /refs\/heads\/main aaaaaaa \(ben\): 여기서 따라가는 브랜치가 아닙니다$/,
    );
  });
});

describe('what is remembered in Redis', () => {
  it('may be done once within its time, or again when it was not done after all', async () => {
    const once = new RedisOnce(store.context);
    expect([await once.claim('x', 60), await once.claim('x', 60), await once.claim('y', 60)]).toEqual([
      true,
      false,
      true,
    ]);
    await once.release('x');
    expect(await once.claim('x', 60)).toBe(true);
    expect(await store.context.redis.ttl(`${store.context.keys.prefix}once:x`)).toBeGreaterThan(50);
  });

  it('has one name for all processes', async () => {
    const id = await recordsId(store.context);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await recordsId(store.context)).toBe(id);
  });
});
