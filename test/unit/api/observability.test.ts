import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/observability/logger.ts';
import { LiveMask, mask } from '../../../src/observability/mask.ts';

describe('the logger', () => {
  it('threat 24: writes no secret, by its key or by its value, wherever it stands', async () => {
    const destination = new PassThrough();
    const log = createLogger({ mask: new LiveMask(['pl"anted-1']), destination });
    log.info({ token: 'by-key-1', github: { webhookSecret: 'by-key-2' } }, 'said pl"anted-1 aloud');
    log.error({ error: new Error('pl"anted-1').message, url: 'https://x/pl%22anted-1' }, 'failed');
    destination.end();
    const lines = (await text(destination)).trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      expect(line).not.toMatch(/by-key|anted-1/);
      expect(JSON.parse(line)).toHaveProperty('time');
    }
    expect(lines[0]).toContain('said *** aloud');
  });
});

describe('mask', () => {
  it('replaces the longest first and leaves what is too short to be a secret', () => {
    expect(mask(['secret', 'secret-longer', 'abc'])('secret-longer secret abc')).toBe('*** *** abc');
    expect(mask([])('x')).toBe('x');
    expect(mask(['secret'])(Buffer.from('secret').toString('base64'))).toBe('***');
  });
});
