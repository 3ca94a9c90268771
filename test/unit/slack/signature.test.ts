import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isSignedBySlack } from '../../../src/intake/slack/signature.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
const at = 1_531_420_618;
/** The example of Slack's “Verifying requests from Slack”. */
const body = Buffer.from(
  'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
);
const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
const request = { body, signature, timestamp: String(at) };

describe('the signature of Slack', () => {
  it('is right for the example of its documentation', () => {
    expect(isSignedBySlack(secret, request, at * 1_000)).toBe(true);
  });

  it.each([
    [-300, true],
    [300, true],
    [-301, false],
    [301, false],
  ])('%i s from its time it is good: %s', (seconds, good) => {
    expect(isSignedBySlack(secret, request, (at + seconds) * 1_000)).toBe(good);
  });

  it.each([
    ['another secret', { secret: 'f'.repeat(32) }],
    ['another body', { body: Buffer.from('x') }],
    ['another time', { timestamp: String(at + 1) }],
    ['a time that is no number', { timestamp: '1e9' }],
    ['no time', { timestamp: undefined }],
    ['no signature', { signature: undefined }],
    ['another version', { signature: signature.replace('v0', 'v1') }],
    ['a cut signature', { signature: signature.slice(0, -2) }],
    [
      'the bare digest of the body',
      { signature: `v0=${createHmac('sha256', secret).update(body).digest('hex')}` },
    ],
  ])('is wrong with %s', (_what, change) => {
    const { secret: by, ...given } = { secret, ...request, ...change };
    expect(isSignedBySlack(by, given, at * 1_000)).toBe(false);
  });
});
