import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SlackSocket } from '../../../src/adapters/slack/slack-socket.ts';
import { type FakeSlack, startFakeSlack } from '../../support/fake-slack/server.ts';

let slack: FakeSlack;
let socket: SlackSocket;
let heard: EventEmitter;
let warnings: number[];

beforeEach(async () => {
  slack = await startFakeSlack();
  heard = new EventEmitter();
  warnings = [];
  socket = new SlackSocket({
    appToken: slack.appToken,
    apiUrl: slack.apiUrl,
    timeoutMs: 500,
    pauseMs: 20,
    onRequest: async (type, body, id) => void heard.emit('request', type, body, id),
    log: { info: () => {}, warn: ({ failures }) => void warnings.push(Number(failures)) },
  });
});
afterEach(async () => {
  await socket.close();
  await slack.stop();
});

describe('Socket Mode', () => {
  it('acknowledges and hands on what Slack sends', async () => {
    socket.start();
    await slack.socket.connected();
    const request = once(heard, 'request');
    const id = slack.socket.send('slash_commands', { text: 'status' });
    expect(await request).toEqual(['slash_commands', { text: 'status' }, id]);
    await slack.until(() => slack.socket.acknowledged.includes(id));
  });

  it.each(['refresh', 'cut'] as const)('is connected anew after a %s', async (how) => {
    socket.start();
    await slack.socket.connected();
    slack.socket[how]();
    await slack.until(() => !slack.socket.isOpen || slack.calls.length > 1);
    await slack.until(() => slack.calls.length > 1 && slack.socket.isOpen);
    const request = once(heard, 'request');
    const id = slack.socket.send('interactive', { type: 'block_actions' });
    expect(await request).toEqual(['interactive', { type: 'block_actions' }, id]);
  });

  it.each([{ kind: 'hang' }, { kind: 'status', status: 503 }, { kind: 'rate', seconds: 1 }] as const)(
    'waits while Slack has trouble (%j), and connects when it is well again',
    async (trouble) => {
      slack.trouble = trouble;
      socket.start();
      await slack.until(() => slack.calls.length >= 2);
      expect(warnings).toContain(1);
      slack.trouble = null;
      await slack.socket.connected();
    },
  );

  it('with a revoked token goes on trying, and closes at once', async () => {
    slack.revoked = true;
    socket.start();
    await slack.until(() => slack.calls.length >= 3);
    await socket.close();
    const calls = slack.calls.length;
    slack.revoked = false;
    expect(slack.socket.isOpen).toBe(false);
    expect(slack.calls.length).toBe(calls);
  });

  it('closes the connection when it is closed', async () => {
    socket.start();
    await slack.socket.connected();
    await socket.close();
    await slack.until(() => !slack.socket.isOpen);
  });
});
